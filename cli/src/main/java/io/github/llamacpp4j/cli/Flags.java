package io.github.llamacpp4j.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Helps to pass on only the options that were given, so that defaults stay in one place. */
final class Flags {

    private Flags() {}

    static <T> void set(@Nullable T value, Consumer<? super T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
