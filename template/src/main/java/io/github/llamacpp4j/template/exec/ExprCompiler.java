package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.builtin.Filters;
import io.github.llamacpp4j.template.builtin.Function;
import io.github.llamacpp4j.template.builtin.Tests;
import io.github.llamacpp4j.template.syntax.CallArguments;
import io.github.llamacpp4j.template.syntax.Expr;
import io.github.llamacpp4j.template.syntax.SyntaxError;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Compiles expressions and assignment targets within a frame. */
final class ExprCompiler {
    private final StackMeter meter;
    private final IntUnaryOperator lineOf;
    private final boolean exports;
    /** The expressions around the one that is compiled, itself included. */
    private final List<Expr> path = new ArrayList<>();

    private boolean printed;

    /**
     * A compiler.
     *
     * @param meter measures how deep evaluation will nest
     * @param lineOf the line of an offset, for one of Jinja's messages
     * @param exports whether anything can see what the top level sets
     */
    ExprCompiler(StackMeter meter, IntUnaryOperator lineOf, boolean exports) {
        this.meter = meter;
        this.lineOf = lineOf;
        this.exports = exports;
    }

    ExprNode compile(Expr expression, Frame frame, OutputNode.Escape escape) {
        meter.enter();
        path.add(expression);
        ExprNode node = node(expression, frame, escape);
        path.removeLast();
        meter.leave();
        return node;
    }

    /** Compiles an expression whose value is printed. */
    ExprNode printed(Expr expression, Frame frame, OutputNode.Escape escape) {
        printed = true;
        ExprNode node = compile(expression, frame, escape);
        printed = false;
        return node;
    }

    private ExprNode[] all(List<Expr> expressions, Frame frame, OutputNode.Escape escape) {
        ExprNode[] nodes = new ExprNode[expressions.size()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = compile(expressions.get(i), frame, escape);
        }
        return nodes;
    }

    private ExprNode node(Expr expression, Frame frame, OutputNode.Escape escape) {
        return switch (expression) {
            case Expr.Const e -> new ValueNodes.Constant(e.value());
            case Expr.Data e -> throw new IllegalStateException("text is no expression");
            case Expr.Name e -> variable(e.name(), e.offset(), frame);
            case Expr.NamespaceRef e -> throw SyntaxError.at(e.offset(), "unexpected '.'");
            case Expr.Tuple e -> new ValueNodes.Tuple(all(e.items(), frame, escape));
            case Expr.Sequence e -> new ValueNodes.Sequence(all(e.items(), frame, escape));
            case Expr.Mapping e -> new ValueNodes.Mapping(all(e.keys(), frame, escape), all(e.values(), frame, escape));
            case Expr.Conditional e -> conditional(e, frame.branch(), escape);
            case Expr.Filter e -> filter(e, null, frame, escape);
            case Expr.Test e -> test(e, frame, escape);
            case Expr.Call e -> call(e, frame, escape);
            case Expr.Attribute e -> new CallNodes.Attribute(compile(e.object(), frame, escape), e.name());
            case Expr.Item e -> item(e, frame, escape);
            case Expr.Slice e -> throw SyntaxError.at(e.offset(), "invalid syntax: a slice within a tuple");
            case Expr.Concat e -> concat(e, frame, escape);
            case Expr.Compare e -> compare(e, frame, escape);
            case Expr.Binary e -> arithmetic(e, frame, escape);
            case Expr.And e -> {
                ExprNode left = compile(e.left(), frame, escape);
                yield isLiteral(e.left(), false)
                        ? left
                        : new OperatorNodes.And(left, compile(e.right(), frame, escape));
            }
            case Expr.Or e -> {
                ExprNode left = compile(e.left(), frame, escape);
                yield isLiteral(e.left(), true) ? left : new OperatorNodes.Or(left, compile(e.right(), frame, escape));
            }
            case Expr.Not e -> new OperatorNodes.Not(compile(e.operand(), frame, escape));
            case Expr.Unary e -> new OperatorNodes.Unary(e.sign() == '-', compile(e.operand(), frame, escape));
        };
    }

    /** Arithmetic. What stands left of an operator may nest hundreds deep, as in a sum, and takes no stack for that. */
    private ExprNode arithmetic(Expr.Binary outermost, Frame frame, OutputNode.Escape escape) {
        List<Expr.Binary> outer = new ArrayList<>();
        Expr.Binary innermost = outermost;
        while (innermost.left() instanceof Expr.Binary left) {
            outer.add(innermost);
            innermost = left;
            meter.enter();
            path.add(left);
        }
        ExprNode node = binary(innermost, frame, escape);
        for (Expr.Binary e : outer.reversed()) {
            path.removeLast();
            meter.leave();
            node = new OperatorNodes.Binary(
                    OperatorNodes.operation(e.operator()), node, compile(e.right(), frame, escape));
        }
        return node;
    }

    /**
     * One operation. Jinja folds {@code -2} to a constant and writes it without parentheses into the Python it generates, so
     * that in {@code -2 ** x} the power binds tighter, unless the whole is constant.
     */
    private ExprNode binary(Expr.Binary e, Frame frame, OutputNode.Escape escape) {
        OperatorNodes.Operation operation = OperatorNodes.operation(e.operator());
        boolean foldedSign = e.operator().equals("**")
                && e.left() instanceof Expr.Unary sign
                && sign.sign() == '-'
                && sign.operand() instanceof Expr.Const
                && !isConstant(e.right());
        if (foldedSign && e.left() instanceof Expr.Unary sign) {
            return new OperatorNodes.Unary(
                    true,
                    new OperatorNodes.Binary(
                            operation, compile(sign.operand(), frame, escape), compile(e.right(), frame, escape)));
        }
        return new OperatorNodes.Binary(operation, compile(e.left(), frame, escape), compile(e.right(), frame, escape));
    }

    /** Whether it is a literal of that truth; Jinja never looks at what comes after one that decides. */
    private static boolean isLiteral(Expr expression, boolean truth) {
        return switch (expression) {
            case Expr.Const e -> Operators.truthy(e.value()) == truth;
            case Expr.Unary e -> isLiteral(e.operand(), truth);
            case Expr.Not e -> isLiteral(e.operand(), !truth);
            case Expr.Tuple e -> e.items().isEmpty() != truth && isConstant(e);
            case Expr.Sequence e -> e.items().isEmpty() != truth && isConstant(e);
            case Expr.Mapping e -> e.keys().isEmpty() != truth && isConstant(e);
            default -> false;
        };
    }

    /** Where values are escaped, parts are too, unless all are constant: Jinja folds those to plain text. */
    private ExprNode concat(Expr.Concat e, Frame frame, OutputNode.Escape escape) {
        boolean markup = escape == OutputNode.Escape.ON && !isConstant(e);
        return new OperatorNodes.Concat(all(e.parts(), frame, escape), markup);
    }

    private static boolean isConstant(Expr expression) {
        return NameWalker.within(expression).stream()
                .noneMatch(each -> each instanceof Expr.Name || each instanceof Expr.Call);
    }

    ExprNode variable(String name, int offset, Frame frame) {
        Ref ref = frame.symbols().find(name);
        if (ref == null) {
            throw SyntaxError.at(
                    offset, "Tried to resolve a name to a reference that was unknown to the frame ('" + name + "')");
        }
        int distance = frame.function().distanceTo(ref.owner());
        return distance == 0
                ? new ValueNodes.Local(ref.slot(), name)
                : new ValueNodes.Outer(distance, ref.slot(), name);
    }

    private ExprNode conditional(Expr.Conditional e, Frame frame, OutputNode.Escape escape) {
        ExprNode otherwise = e.otherwise() == null
                ? new ValueNodes.Constant(Undefined.because("the inline if-expression on line "
                        + lineOf.applyAsInt(e.offset())
                        + " evaluated to false and no else section was defined."))
                : compile(e.otherwise(), frame, escape);
        return new OperatorNodes.Conditional(
                compile(e.test(), frame, escape), compile(e.then(), frame, escape), otherwise);
    }

    private ExprNode item(Expr.Item e, Frame frame, OutputNode.Escape escape) {
        ExprNode object = compile(e.object(), frame, escape);
        if (!(e.key() instanceof Expr.Slice slice)) {
            return new CallNodes.Item(object, compile(e.key(), frame, escape));
        }
        return new CallNodes.Slice(
                object,
                bound(slice.start(), frame, escape),
                bound(slice.stop(), frame, escape),
                bound(slice.step(), frame, escape),
                isFolded());
    }

    /**
     * Whether Jinja computes the present expression, which has no variables, while it compiles: as part of a larger constant or
     * where it is printed. Then a slice of what cannot be sliced is undefined rather than an error.
     */
    private boolean isFolded() {
        int parent = path.size() - 2;
        return parent < 0 ? printed && isConstant(path.getFirst()) : isConstant(path.get(parent));
    }

    private ExprNode bound(@Nullable Expr bound, Frame frame, OutputNode.Escape escape) {
        return bound == null ? ValueNodes.none() : compile(bound, frame, escape);
    }

    private ExprNode compare(Expr.Compare e, Frame frame, OutputNode.Escape escape) {
        OperatorNodes.Comparison[] comparisons =
                e.operators().stream().map(OperatorNodes::comparison).toArray(OperatorNodes.Comparison[]::new);
        return new OperatorNodes.Compare(
                compile(e.first(), frame, escape), comparisons, all(e.operands(), frame, escape));
    }

    ArgumentsNode arguments(CallArguments arguments, Frame frame, OutputNode.Escape escape) {
        Expr spread = arguments.spread();
        Expr spreadNamed = arguments.spreadNamed();
        return new ArgumentsNode(
                all(arguments.positional(), frame, escape),
                arguments.names().toArray(String[]::new),
                all(arguments.values(), frame, escape),
                spread == null ? null : compile(spread, frame, escape),
                spreadNamed == null ? null : compile(spreadNamed, frame, escape));
    }

    private ExprNode call(Expr.Call e, Frame frame, OutputNode.Escape escape) {
        if (e.callee() instanceof Expr.Attribute method) {
            return new CallNodes.MethodCall(
                    compile(method.object(), frame, escape), method.name(), arguments(e.arguments(), frame, escape));
        }
        return plainCall(e, frame, escape);
    }

    CallNodes.Call plainCall(Expr.Call e, Frame frame, OutputNode.Escape escape) {
        return new CallNodes.Call(compile(e.callee(), frame, escape), arguments(e.arguments(), frame, escape));
    }

    /** A filter; the innermost of a filter block's chain applies to what the block printed. */
    ExprNode filter(Expr.Filter e, @Nullable ExprNode captured, Frame frame, OutputNode.Escape escape) {
        Expr inner = e.operand();
        ExprNode operand;
        if (inner instanceof Expr.Filter chained && captured != null) {
            operand = filter(chained, captured, frame, escape);
        } else if (inner != null) {
            operand = compile(inner, frame, escape);
        } else if (captured != null) {
            operand = captured;
        } else {
            throw new IllegalStateException("a filter without operand outside of a filter block");
        }
        Function function = Filters.named(e.name());
        ArgumentsNode arguments = arguments(e.arguments(), frame, escape);
        return function == null
                ? unknown("filter", e.name(), e.offset(), operand, arguments, frame)
                : new CallNodes.Filter(function, operand, arguments);
    }

    private ExprNode test(Expr.Test e, Frame frame, OutputNode.Escape escape) {
        Function function = Tests.named(e.name());
        ExprNode operand = compile(e.operand(), frame, escape);
        ArgumentsNode arguments = arguments(e.arguments(), frame, escape);
        return function == null
                ? unknown("test", e.name(), e.offset(), operand, arguments, frame)
                : new CallNodes.Test(function, operand, arguments);
    }

    private static ExprNode unknown(
            String kind, String name, int offset, ExprNode operand, ArgumentsNode arguments, Frame frame) {
        if (!frame.soft()) {
            throw SyntaxError.at(offset, "No " + kind + " named " + Text.quoted(name) + ".");
        }
        return new CallNodes.Unknown("No " + kind + " named " + Text.quoted(name) + " found.", operand, arguments);
    }

    Target target(Expr target, Frame frame) {
        return switch (target) {
            case Expr.Name name -> {
                Ref ref = frame.symbols().find(name.name());
                if (ref == null) {
                    throw new IllegalStateException("an assigned name that was not analysed: " + name.name());
                }
                yield new Target.Variable(ref.slot(), name.name(), exports && frame.topLevel());
            }
            case Expr.NamespaceRef ref ->
                new Target.Attribute(variable(ref.name(), ref.offset(), frame), ref.attribute());
            case Expr.Tuple tuple ->
                new Target.Tuple(
                        tuple.items().stream().map(item -> target(item, frame)).toArray(Target[]::new));
            default -> throw SyntaxError.at(target.offset(), "can't assign to this");
        };
    }
}
