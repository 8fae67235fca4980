package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Arithmetic;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Html;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.StrBuilder;
import io.github.llamacpp4j.template.value.Text;

/** Operators. */
final class OperatorNodes {
    private OperatorNodes() {}

    static final class Conditional extends ExprNode {
        private final ExprNode test;
        private final ExprNode then;
        private final ExprNode otherwise;

        Conditional(ExprNode test, ExprNode then, ExprNode otherwise) {
            this.test = test;
            this.then = then;
            this.otherwise = otherwise;
        }

        @Override
        Object eval(Activation a) {
            return test.test(a) ? then.eval(a) : otherwise.eval(a);
        }
    }

    static final class And extends ExprNode {
        private final ExprNode left;
        private final ExprNode right;

        And(ExprNode left, ExprNode right) {
            this.left = left;
            this.right = right;
        }

        @Override
        Object eval(Activation a) {
            Object value = left.eval(a);
            return Operators.truthy(value) ? right.eval(a) : value;
        }

        @Override
        boolean test(Activation a) {
            return left.test(a) && right.test(a);
        }
    }

    static final class Or extends ExprNode {
        private final ExprNode left;
        private final ExprNode right;

        Or(ExprNode left, ExprNode right) {
            this.left = left;
            this.right = right;
        }

        @Override
        Object eval(Activation a) {
            Object value = left.eval(a);
            return Operators.truthy(value) ? value : right.eval(a);
        }

        @Override
        boolean test(Activation a) {
            return left.test(a) || right.test(a);
        }
    }

    static final class Not extends ExprNode {
        private final ExprNode operand;

        Not(ExprNode operand) {
            this.operand = operand;
        }

        @Override
        Object eval(Activation a) {
            return !operand.test(a);
        }

        @Override
        boolean test(Activation a) {
            return !operand.test(a);
        }
    }

    static final class Unary extends ExprNode {
        private final boolean minus;
        private final ExprNode operand;

        Unary(boolean minus, ExprNode operand) {
            this.minus = minus;
            this.operand = operand;
        }

        @Override
        Object eval(Activation a) {
            Object value = operand.eval(a);
            return minus ? Arithmetic.negate(value) : Arithmetic.plus(value);
        }
    }

    /** A binary operation. */
    @FunctionalInterface
    interface Operation {
        Object apply(Env env, Object left, Object right);
    }

    static Operation operation(String sign) {
        return switch (sign) {
            case "+" -> Arithmetic::add;
            case "-" -> Arithmetic::subtract;
            case "*" -> Arithmetic::multiply;
            case "/" -> Arithmetic::divide;
            case "//" -> Arithmetic::floorDivide;
            case "%" -> Arithmetic::modulo;
            default -> Arithmetic::power;
        };
    }

    static final class Binary extends ExprNode {
        private final Operation operation;
        private final ExprNode left;
        private final ExprNode right;

        Binary(Operation operation, ExprNode left, ExprNode right) {
            this.operation = operation;
            this.left = left;
            this.right = right;
        }

        @Override
        Object eval(Activation a) {
            return operation.apply(a.env, left.eval(a), right.eval(a));
        }
    }

    static final class Concat extends ExprNode {
        private final ExprNode[] parts;
        private final boolean markup;

        Concat(ExprNode[] parts, boolean markup) {
            this.parts = parts;
            this.markup = markup;
        }

        @Override
        Object eval(Activation a) {
            Env env = a.env;
            Object[] values = ValueNodes.evalAll(parts, a);
            boolean safe = false;
            for (Object value : values) {
                safe |= markup && value instanceof Str s && s.isMarkup();
            }
            StrBuilder out = new StrBuilder();
            for (Object value : values) {
                out.append(safe ? Html.escape(env, value) : value instanceof Str s ? s : Text.str(env, value));
                if (out.chars() > env.budget().maxStringChars()) {
                    env.budget().string(out.chars());
                }
            }
            return env.checked(out.toStr()).asMarkup(safe);
        }
    }

    /** One comparison. */
    @FunctionalInterface
    interface Comparison {
        boolean holds(Env env, Object left, Object right);
    }

    static Comparison comparison(String sign) {
        return switch (sign) {
            case "==" -> Operators::equal;
            case "!=" -> (env, left, right) -> !Operators.equal(env, left, right);
            case "in" -> (env, left, right) -> Operators.contains(env, right, left);
            case "not in" -> (env, left, right) -> !Operators.contains(env, right, left);
            default -> (env, left, right) -> Operators.ordered(env, left, right, sign);
        };
    }

    static final class Compare extends ExprNode {
        private final ExprNode first;
        private final Comparison[] comparisons;
        private final ExprNode[] operands;

        Compare(ExprNode first, Comparison[] comparisons, ExprNode[] operands) {
            this.first = first;
            this.comparisons = comparisons;
            this.operands = operands;
        }

        @Override
        Object eval(Activation a) {
            return test(a);
        }

        @Override
        boolean test(Activation a) {
            Object left = first.eval(a);
            for (int i = 0; i < operands.length; i++) {
                Object right = operands[i].eval(a);
                if (!comparisons[i].holds(a.env, left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }
}
