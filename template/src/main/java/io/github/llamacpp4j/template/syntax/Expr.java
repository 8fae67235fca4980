package io.github.llamacpp4j.template.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression, or the target of an assignment. Each knows the char offset where it starts. */
public sealed interface Expr {
    /** Where it starts in the normalised source. */
    int offset();

    /** A literal: {@code Str}, int, float, bool or None. */
    record Const(Object value, int offset) implements Expr {}

    /** Text outside of tags. */
    record Data(String text, int offset) implements Expr {}

    /** A variable, read or written. */
    record Name(String name, int offset) implements Expr {}

    /** The target {@code name.attribute}. */
    record NamespaceRef(String name, String attribute, int offset) implements Expr {}

    /** A tuple, read or written. */
    record Tuple(List<Expr> items, int offset) implements Expr {}

    /** {@code [items]}. */
    record Sequence(List<Expr> items, int offset) implements Expr {}

    /** {@code {key: value}}; keys and values in turn. */
    record Mapping(List<Expr> keys, List<Expr> values, int offset) implements Expr {}

    /** {@code then if test else otherwise}. */
    record Conditional(Expr test, Expr then, @Nullable Expr otherwise, int offset) implements Expr {}

    /** {@code operand | name(arguments)}; no operand inside filter blocks. */
    record Filter(@Nullable Expr operand, String name, CallArguments arguments, int offset) implements Expr {}

    /** {@code operand is name(arguments)}. */
    record Test(Expr operand, String name, CallArguments arguments, int offset) implements Expr {}

    /** {@code callee(arguments)}. */
    record Call(Expr callee, CallArguments arguments, int offset) implements Expr {}

    /** {@code object.name}. */
    record Attribute(Expr object, String name, int offset) implements Expr {}

    /** {@code object[key]}. */
    record Item(Expr object, Expr key, int offset) implements Expr {}

    /** {@code start:stop:step}, only as a key. */
    record Slice(
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step,
            int offset) implements Expr {}

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expr> parts, int offset) implements Expr {}

    /** {@code first < second <= third}; one operator fewer than operands. */
    record Compare(Expr first, List<String> operators, List<Expr> operands, int offset) implements Expr {}

    /** {@code left operator right} in arithmetic. */
    record Binary(String operator, Expr left, Expr right, int offset) implements Expr {}

    /** {@code left and right}. */
    record And(Expr left, Expr right, int offset) implements Expr {}

    /** {@code left or right}. */
    record Or(Expr left, Expr right, int offset) implements Expr {}

    /** {@code not operand}. */
    record Not(Expr operand, int offset) implements Expr {}

    /** {@code -operand} or {@code +operand}. */
    record Unary(char sign, Expr operand, int offset) implements Expr {}
}
