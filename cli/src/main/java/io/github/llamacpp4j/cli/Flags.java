package io.github.llamacpp4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Refuses a value that no builder of the library checks. */
    static void requireRange(String option, long value, long lowest, long highest) {
        if (value < lowest || value > highest) {
            throw new CommandFailure("usage", option + " must be " + lowest + " to " + highest + ", got " + value);
        }
    }

    static void requireFile(String option, @Nullable Path file) {
        if (file != null && !Files.isRegularFile(file)) {
            throw new CommandFailure("usage", option + " must name a file, got " + file);
        }
    }

    static void requirePositive(String option, long value) {
        if (value < 1) {
            throw new CommandFailure("usage", option + " must be at least 1, got " + value);
        }
    }
}
