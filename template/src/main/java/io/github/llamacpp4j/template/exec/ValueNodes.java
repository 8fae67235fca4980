package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.PyDict;
import io.github.llamacpp4j.template.value.PyList;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Undefined;

/** Expressions that name or build a value. */
final class ValueNodes {
    private ValueNodes() {}

    static final class Constant extends ExprNode {
        private final Object value;

        Constant(Object value) {
            this.value = value;
        }

        Object value() {
            return value;
        }

        @Override
        Object eval(Activation a) {
            return value;
        }
    }

    /** A variable of the running function. */
    static final class Local extends ExprNode {
        private final int slot;
        private final String name;

        Local(int slot, String name) {
            this.slot = slot;
            this.name = name;
        }

        @Override
        Object eval(Activation a) {
            Object value = a.slots[slot];
            return value == null ? Undefined.variable(name) : value;
        }
    }

    /** A variable of a function around the running one. */
    static final class Outer extends ExprNode {
        private final int distance;
        private final int slot;
        private final String name;

        Outer(int distance, int slot, String name) {
            this.distance = distance;
            this.slot = slot;
            this.name = name;
        }

        @Override
        Object eval(Activation a) {
            Object value = a.out(distance).slots[slot];
            return value == null ? Undefined.variable(name) : value;
        }
    }

    static Object[] evalAll(ExprNode[] nodes, Activation a) {
        Object[] values = new Object[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            values[i] = nodes[i].eval(a);
        }
        return values;
    }

    static final class Tuple extends ExprNode {
        private final ExprNode[] items;

        Tuple(ExprNode[] items) {
            this.items = items;
        }

        @Override
        Object eval(Activation a) {
            a.env.budget().charge(items.length);
            return new PyTuple(evalAll(items, a));
        }
    }

    static final class Sequence extends ExprNode {
        private final ExprNode[] items;

        Sequence(ExprNode[] items) {
            this.items = items;
        }

        @Override
        Object eval(Activation a) {
            a.env.budget().charge(items.length);
            return new PyList(evalAll(items, a), false);
        }
    }

    static final class Mapping extends ExprNode {
        private final ExprNode[] keys;
        private final ExprNode[] values;

        Mapping(ExprNode[] keys, ExprNode[] values) {
            this.keys = keys;
            this.values = values;
        }

        @Override
        Object eval(Activation a) {
            a.env.budget().charge(4L * keys.length);
            PyDict dict = new PyDict(keys.length, false);
            for (int i = 0; i < keys.length; i++) {
                Object key = keys[i].eval(a);
                dict.put(key, values[i].eval(a));
            }
            return dict;
        }
    }

    /** A bound of a slice that was left out. */
    static ExprNode none() {
        return new Constant(None.NONE);
    }
}
