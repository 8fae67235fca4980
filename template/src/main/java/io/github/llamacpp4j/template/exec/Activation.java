package io.github.llamacpp4j.template.exec;

import io.github.llamacpp4j.template.value.Env;
import org.jspecify.annotations.Nullable;

/** The variables of one running function; {@code null} is a variable without value. Lives within one rendering. */
final class Activation {
    final @Nullable Object[] slots;
    final @Nullable Activation outer;
    final Scope scope;
    final Env env;

    Activation(int size, @Nullable Activation outer, Scope scope, Env env) {
        this.slots = new @Nullable Object[size];
        this.outer = outer;
        this.scope = scope;
        this.env = env;
    }

    Activation out(int distance) {
        Activation a = this;
        for (int i = 0; i < distance; i++) {
            Activation next = a.outer;
            if (next == null) {
                throw new IllegalStateException("no outer activation");
            }
            a = next;
        }
        return a;
    }
}
