package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.PyCallable;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;

/** Jinja's {@code joiner}: nothing the first time it is called, its separator afterwards. Lives within one rendering. */
final class Joiner implements PyCallable {
    private final Object separator;
    private boolean used;

    Joiner(Object separator) {
        this.separator = separator;
    }

    @Override
    public Object call(Env env, Arguments arguments) {
        if (arguments.count() > 0 || !arguments.named().isEmpty()) {
            throw PyError.runtime("joiner takes no arguments when called");
        }
        if (used) {
            return separator;
        }
        used = true;
        return Str.EMPTY;
    }

    @Override
    public Object attribute(Env env, String name) {
        return switch (name) {
            case "sep" -> separator;
            case "used" -> used;
            default -> Missing.MISSING;
        };
    }

    @Override
    public String typeName() {
        return "Joiner";
    }
}
