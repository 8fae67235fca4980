package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arguments;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.PyCallable;
import io.github.llamacpp4j.template.value.Text;

/** A method taken from the object it applies to. Immutable. */
record BoundMethod(Object receiver, Function function) implements PyCallable {
    @Override
    public Object call(Env env, Arguments arguments) {
        return function.call(env, arguments.prepend(receiver));
    }

    @Override
    public String typeName() {
        return "builtin_function_or_method";
    }

    @Override
    public String repr(Env env) {
        return "<built-in method " + function.name() + " of " + Text.typeName(receiver) + " object>";
    }
}
