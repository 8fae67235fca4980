package io.github.llamacpp4j.template.value;

import java.util.Collections;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * Jinja's undefined value: prints as nothing, is false, iterates over nothing, and fails in every other use. Immutable.
 */
public final class Undefined implements PyCallable, PySized {
    private final Supplier<String> message;
    private final boolean security;

    private Undefined(Supplier<String> message, boolean security) {
        this.message = message;
        this.security = security;
    }

    /** A variable that is not there. */
    public static Undefined variable(String name) {
        return new Undefined(() -> Text.quoted(name) + " is undefined", false);
    }

    /** An attribute that is not there. */
    public static Undefined attribute(Object object, String name) {
        return new Undefined(() -> Text.quoted(description(object)) + " has no attribute " + Text.quoted(name), false);
    }

    /** An item that is not there. */
    public static Undefined item(Object object, Object key) {
        return key instanceof Str s
                ? attribute(object, s.text())
                : new Undefined(() -> description(object) + " has no element " + shortRepr(key), false);
    }

    /** Undefined for a reason of its own. */
    public static Undefined because(String reason) {
        return new Undefined(() -> reason, false);
    }

    /** An attribute that the sandbox keeps away from templates. */
    public static Undefined unsafe(Object object, String name) {
        return new Undefined(
                () -> "access to attribute " + Text.quoted(name) + " of " + Text.quoted(Text.typeName(object))
                        + " object is unsafe.",
                true);
    }

    private static String description(Object object) {
        return object == None.NONE ? "None" : Text.typeName(object) + " object";
    }

    private static String shortRepr(Object key) {
        return key instanceof PyObject o ? "of type " + o.typeName() : Text.scalar(key);
    }

    /** The failure of using it. */
    public PyError error() {
        return security ? PyError.security(message.get()) : PyError.undefined(message.get());
    }

    @Override
    public Object call(Env env, Arguments arguments) {
        throw error();
    }

    @Override
    public int size() {
        return 0;
    }

    @Override
    public Iterator<Object> iterator(Env env) {
        return Collections.emptyIterator();
    }

    @Override
    public String typeName() {
        return "Undefined";
    }

    @Override
    public String repr(Env env) {
        return "Undefined";
    }
}
