package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.None;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import io.github.llamacpp4j.template.value.Undefined;

/** Reads arguments of built-in functions as what they must be. */
final class Params {
    private Params() {}

    static Str str(Object o, String function) {
        if (o instanceof Str s) {
            return s;
        }
        throw PyError.runtime(function + "() argument must be str, not " + Text.typeName(o));
    }

    static int index(Object o) {
        return Numbers.index(o);
    }

    static int size(Object o) {
        return Numbers.size(o);
    }

    static boolean isNone(Object o) {
        return o == None.NONE;
    }

    static Str soft(Env env, Object o) {
        return Text.soft(env, o);
    }

    static PyError noAttribute(Object o, String name) {
        return o instanceof Undefined u
                ? u.error()
                : PyError.runtime("'" + Text.typeName(o) + "' object has no attribute '" + name + "'");
    }
}
