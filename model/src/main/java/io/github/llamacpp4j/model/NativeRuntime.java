package io.github.llamacpp4j.model;

import java.util.List;
import java.util.function.Supplier;

/** The loaded llama.cpp libraries, as far as this module needs to know them. */
final class NativeRuntime {

    private NativeRuntime() {}

    /**
     * A result and what llama.cpp logged on the way.
     *
     * @param value the result
     * @param log the lines, oldest first
     */
    record Logged<T>(T value, List<String> log) {}

    /** Loads the libraries unless that has been done. */
    static void ensureLoaded() {}

    /** The last lines that llama.cpp logged, oldest first. */
    static List<String> lastLog() {
        return List.of();
    }

    /** Runs a native call and keeps what is logged meanwhile, also by other threads. */
    static <T> Logged<T> logging(Supplier<T> call) {
        return new Logged<>(call.get(), List.of());
    }
}
