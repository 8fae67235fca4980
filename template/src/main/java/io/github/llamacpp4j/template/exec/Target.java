package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Namespace;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Text;
import java.util.Iterator;

/** What an assignment writes to. Immutable, shared by all renderings. */
abstract class Target {
    /** Fails if something here cannot be assigned, before the value is computed. */
    void check(Activation a) {}

    /** Assigns. */
    abstract void assign(Activation a, Object value);

    /** The value as unpacking left it. */
    abstract Object rebuilt(Activation a, Object value);

    /** A variable of the running function. */
    static final class Variable extends Target {
        private final int slot;
        private final String name;
        private final boolean exported;

        Variable(int slot, String name, boolean exported) {
            this.slot = slot;
            this.name = name;
            this.exported = exported;
        }

        @Override
        void assign(Activation a, Object value) {
            a.slots[slot] = value;
            if (exported) {
                a.scope.export(name, value);
            }
        }

        @Override
        Object rebuilt(Activation a, Object value) {
            return value;
        }
    }

    /** An attribute of a namespace. */
    static final class Attribute extends Target {
        private final ExprNode namespace;
        private final String attribute;

        Attribute(ExprNode namespace, String attribute) {
            this.namespace = namespace;
            this.attribute = attribute;
        }

        @Override
        void check(Activation a) {
            if (!(namespace.eval(a) instanceof Namespace)) {
                throw PyError.runtime("cannot assign attribute on non-namespace object");
            }
        }

        @Override
        void assign(Activation a, Object value) {
            if (namespace.eval(a) instanceof Namespace n) {
                a.env.budget().charge(1);
                n.set(attribute, value);
            }
        }

        @Override
        Object rebuilt(Activation a, Object value) {
            return value;
        }
    }

    /** Several targets that a sequence is unpacked to. */
    static final class Tuple extends Target {
        private final Target[] targets;

        Tuple(Target[] targets) {
            this.targets = targets;
        }

        @Override
        void check(Activation a) {
            for (Target target : targets) {
                target.check(a);
            }
        }

        @Override
        void assign(Activation a, Object value) {
            Object[] items = unpack(a, value);
            for (int i = 0; i < targets.length; i++) {
                targets[i].assign(a, items[i]);
            }
        }

        @Override
        Object rebuilt(Activation a, Object value) {
            Object[] items = unpack(a, value).clone();
            for (int i = 0; i < targets.length; i++) {
                items[i] = targets[i].rebuilt(a, items[i]);
            }
            return new PyTuple(items);
        }

        private Object[] unpack(Activation a, Object value) {
            if (value instanceof PyTuple t && t.size() == targets.length) {
                return t.items();
            }
            if (!Operators.isIterable(value)) {
                throw PyError.runtime("cannot unpack non-iterable " + Text.typeName(value) + " object");
            }
            Iterator<Object> source = Operators.iterate(a.env, value);
            Object[] items = new Object[targets.length];
            for (int i = 0; i < items.length; i++) {
                if (!source.hasNext()) {
                    throw PyError.runtime("not enough values to unpack (expected " + items.length + ", got " + i + ")");
                }
                items[i] = source.next();
            }
            if (source.hasNext()) {
                throw PyError.runtime("too many values to unpack (expected " + items.length + ")");
            }
            return items;
        }
    }
}
