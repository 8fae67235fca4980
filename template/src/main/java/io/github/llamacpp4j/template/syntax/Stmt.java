package io.github.llamacpp4j.template.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement. Each knows the char offset where it starts. */
public sealed interface Stmt {
    /** Where it starts in the normalised source. */
    int offset();

    /** Text and expressions to print. */
    record Output(List<Expr> parts, int offset) implements Stmt {}

    /** {@code for}. */
    record For(
            Expr target,
            Expr iterable,
            List<Stmt> body,
            List<Stmt> otherwise,
            @Nullable Expr test,
            boolean recursive,
            int offset)
            implements Stmt {}

    /** {@code if}, with its further branches as {@code If} of their own. */
    record If(Expr test, List<Stmt> body, List<If> elifs, List<Stmt> otherwise, int offset) implements Stmt {}

    /** {@code macro}. */
    record Macro(String name, Signature signature, List<Stmt> body, int offset) implements Stmt {}

    /** {@code call}. */
    record CallBlock(Expr.Call call, Signature signature, List<Stmt> body, int offset) implements Stmt {}

    /** {@code generation}: a call block whose callee just calls back. */
    record Generation(List<Stmt> body, int offset) implements Stmt {}

    /** {@code filter}. */
    record FilterBlock(Expr.Filter filter, List<Stmt> body, int offset) implements Stmt {}

    /** {@code with}. */
    record With(List<Expr> targets, List<Expr> values, List<Stmt> body, int offset) implements Stmt {}

    /** {@code autoescape}. */
    record Autoescape(Expr on, List<Stmt> body, int offset) implements Stmt {}

    /** {@code block}. */
    record Block(String name, List<Stmt> body, boolean scoped, boolean required, int offset) implements Stmt {}

    /** {@code set target = value}. */
    record Assign(Expr target, Expr value, int offset) implements Stmt {}

    /** {@code set target} with a body. */
    record AssignBlock(Expr target, Expr.@Nullable Filter filter, List<Stmt> body, int offset) implements Stmt {}

    /** {@code break}. */
    record Break(int offset) implements Stmt {}

    /** {@code continue}. */
    record Continue(int offset) implements Stmt {}

    /** {@code include}, {@code import}, {@code from} or {@code extends}: parsed, and refused when reached. */
    record Load(String tag, Expr template, boolean ignoreMissing, List<String> targets, int offset) implements Stmt {}

    /** The parameters of a macro; defaults belong to the last of them. */
    record Signature(List<Expr.Name> parameters, List<Expr> defaults) {
        /** No parameters. */
        public static final Signature EMPTY = new Signature(List.of(), List.of());
    }
}
