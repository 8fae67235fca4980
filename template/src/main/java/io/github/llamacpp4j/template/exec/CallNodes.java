package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.builtin.Attributes;
import io.github.llamacpp4j.template.builtin.Function;
import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyCallable;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Slices;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;
import org.jspecify.annotations.Nullable;

/** Reaching into objects, and calling: attributes, items, slices, calls, filters, tests. */
final class CallNodes {
    private CallNodes() {}

    static final class Attribute extends ExprNode {
        private final ExprNode object;
        private final String name;
        private final Str key;
        private final boolean itemOfDict;

        Attribute(ExprNode object, String name) {
            this.object = object;
            this.name = name;
            this.key = Str.of(name);
            this.itemOfDict = !name.startsWith("_") && !Attributes.isDictAttribute(name);
        }

        @Override
        Object eval(Activation a) {
            Object target = object.eval(a);
            if (itemOfDict && target instanceof PyDict dict) {
                Object value = dict.get(key);
                if (value != io.github.llamacpp4j.template.value.Missing.MISSING) {
                    return value;
                }
            }
            return Attributes.attribute(a.env, target, name);
        }
    }

    static final class Item extends ExprNode {
        private final ExprNode object;
        private final ExprNode key;

        Item(ExprNode object, ExprNode key) {
            this.object = object;
            this.key = key;
        }

        @Override
        Object eval(Activation a) {
            return Attributes.item(a.env, object.eval(a), key.eval(a));
        }
    }

    static final class Slice extends ExprNode {
        private final ExprNode object;
        private final ExprNode start;
        private final ExprNode stop;
        private final ExprNode step;
        private final boolean folded;

        /** @param folded whether Jinja computes it while compiling, as it does an item, which may be undefined */
        Slice(ExprNode object, ExprNode start, ExprNode stop, ExprNode step, boolean folded) {
            this.object = object;
            this.start = start;
            this.stop = stop;
            this.step = step;
            this.folded = folded;
        }

        @Override
        Object eval(Activation a) {
            Object sliced = object.eval(a);
            if (folded && !Slices.isSliceable(sliced)) {
                return Undefined.because("a constant that cannot be sliced");
            }
            return Slices.slice(a.env, sliced, start.eval(a), stop.eval(a), step.eval(a));
        }
    }

    static Object call(Env env, Object callee, Arguments arguments) {
        env.budget().step();
        if (callee instanceof PyCallable callable) {
            return callable.call(env, arguments);
        }
        throw PyError.runtime("'" + Text.typeName(callee) + "' object is not callable");
    }

    static final class Call extends ExprNode {
        private final ExprNode callee;
        private final ArgumentsNode arguments;

        Call(ExprNode callee, ArgumentsNode arguments) {
            this.callee = callee;
            this.arguments = arguments;
        }

        @Override
        Object eval(Activation a) {
            Object function = callee.eval(a);
            return call(a.env, function, arguments.eval(a));
        }

        /** Calls with one more argument by name. */
        Object evalWith(String name, Object value, Activation a) {
            Object function = callee.eval(a);
            return call(a.env, function, arguments.eval(a).with(name, value));
        }
    }

    /** {@code object.name(arguments)}: finds the methods of text and dicts without making a bound method. */
    static final class MethodCall extends ExprNode {
        private final ExprNode object;
        private final String name;
        private final ArgumentsNode arguments;
        private final @Nullable Function ofText;
        private final @Nullable Function ofDict;

        MethodCall(ExprNode object, String name, ArgumentsNode arguments) {
            this.object = object;
            this.name = name;
            this.arguments = arguments;
            this.ofText = Attributes.methods(Str.EMPTY).get(name);
            this.ofDict = Attributes.methods(new PyDict()).get(name);
        }

        @Override
        Object eval(Activation a) {
            Object target = object.eval(a);
            Function method = target instanceof Str ? ofText : target instanceof PyDict ? ofDict : null;
            if (method == null) {
                Object callee = Attributes.attribute(a.env, target, name);
                return call(a.env, callee, arguments.eval(a));
            }
            a.env.budget().step();
            return arguments.isPlain()
                    ? method.call(a.env, arguments.evalAfter(target, a))
                    : method.call(a.env, arguments.eval(a).prepend(target));
        }
    }

    static Object apply(Function function, Object operand, ArgumentsNode arguments, Activation a) {
        a.env.budget().step();
        return arguments.isPlain()
                ? function.call(a.env, arguments.evalAfter(operand, a))
                : function.call(a.env, arguments.eval(a).prepend(operand));
    }

    static final class Filter extends ExprNode {
        private final Function function;
        private final ExprNode operand;
        private final ArgumentsNode arguments;

        Filter(Function function, ExprNode operand, ArgumentsNode arguments) {
            this.function = function;
            this.operand = operand;
            this.arguments = arguments;
        }

        @Override
        Object eval(Activation a) {
            return apply(function, operand.eval(a), arguments, a);
        }
    }

    static final class Test extends ExprNode {
        private final Function function;
        private final ExprNode operand;
        private final ArgumentsNode arguments;

        Test(Function function, ExprNode operand, ArgumentsNode arguments) {
            this.function = function;
            this.operand = operand;
            this.arguments = arguments;
        }

        @Override
        Object eval(Activation a) {
            return apply(function, operand.eval(a), arguments, a);
        }

        @Override
        boolean test(Activation a) {
            return Operators.truthy(eval(a));
        }
    }

    /** A filter or test that does not exist, in a branch where Jinja finds out only when it gets there. */
    static final class Unknown extends ExprNode {
        private final String message;
        private final ExprNode operand;
        private final ArgumentsNode arguments;

        Unknown(String message, ExprNode operand, ArgumentsNode arguments) {
            this.message = message;
            this.operand = operand;
            this.arguments = arguments;
        }

        @Override
        Object eval(Activation a) {
            operand.eval(a);
            arguments.eval(a);
            throw PyError.runtime(message);
        }
    }
}
