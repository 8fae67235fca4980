package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.PyCallable;
import org.jspecify.annotations.Nullable;

/** A built-in function: filter, test, method or global. A filter's or method's first argument is what it applies to. */
public final class Function implements PyCallable {
    /** A function of a fixed list of parameters, all of them present. */
    @FunctionalInterface
    public interface Fixed {
        /** Calls it. */
        Object call(Env env, Object[] arguments);
    }

    /** A function that takes its arguments as they come. */
    @FunctionalInterface
    public interface Variadic {
        /** Calls it. */
        Object call(Env env, Arguments arguments);
    }

    private final String name;
    private final boolean type;
    private final @Nullable Signature signature;
    private final Variadic body;
    private final @Nullable Fixed fixed;

    private Function(String name, boolean type, @Nullable Signature signature, @Nullable Fixed fixed, Variadic body) {
        this.name = name;
        this.type = type;
        this.signature = signature;
        this.fixed = fixed;
        this.body = body;
    }

    /** A function with parameters as {@link Signature} reads them. */
    static Function of(String name, String parameters, Fixed body) {
        Signature signature = Signature.of(name, parameters);
        return new Function(
                name, false, signature, body, (env, arguments) -> body.call(env, signature.bind(arguments)));
    }

    /** A function that takes its arguments as they come. */
    static Function variadic(String name, Variadic body) {
        return new Function(name, false, null, null, body);
    }

    /** A class of Python, called to make an object; the name is the qualified one. */
    static Function type(String qualifiedName, Variadic body) {
        return new Function(qualifiedName, true, null, null, body);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    @Override
    public Object call(Env env, Arguments arguments) {
        return body.call(env, arguments);
    }

    /** Calls it with arguments by position alone. */
    public Object call(Env env, Object... positional) {
        Fixed direct = fixed;
        Signature parameters = signature;
        if (direct == null || parameters == null || !parameters.fits(positional.length)) {
            return body.call(env, Arguments.of(positional));
        }
        if (positional.length == parameters.size()) {
            return direct.call(env, positional);
        }
        Object[] all = java.util.Arrays.copyOf(positional, parameters.size());
        for (int i = positional.length; i < all.length; i++) {
            all[i] = parameters.defaultOf(i);
        }
        return direct.call(env, all);
    }

    @Override
    public String typeName() {
        return type ? "type" : "function";
    }

    @Override
    public String repr(Env env) {
        return type ? "<class '" + name + "'>" : "<function " + name + ">";
    }
}
