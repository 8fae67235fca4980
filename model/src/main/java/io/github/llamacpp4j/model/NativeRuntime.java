package io.github.llamacpp4j.model;

import io.github.llamacpp4j.ffi.LoadedNatives;
import io.github.llamacpp4j.ffi.NativeLoadException;
import io.github.llamacpp4j.ffi.NativeLoader;
import io.github.llamacpp4j.ffi.NativeLog;
import io.github.llamacpp4j.natives.NativeSetException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** The loaded llama.cpp libraries, as far as this module needs to know them. */
final class NativeRuntime {

    private static final int LAST_LINES = 12;

    private NativeRuntime() {}

    /**
     * A result and what llama.cpp logged on the way.
     *
     * @param value the result
     * @param log the warnings and errors, oldest first; everything if there are none
     */
    record Logged<T>(T value, List<String> log) {}

    /**
     * Loads the libraries unless that has been done.
     *
     * @throws NativeLibraryException if that fails
     */
    static LoadedNatives ensureLoaded() {
        return translating(NativeLoader::load);
    }

    /**
     * Loads the libraries in a directory unless that has been done.
     *
     * @throws NativeLibraryException if that fails, or if others are loaded
     */
    static LoadedNatives load(Path directory) {
        return translating(() -> NativeLoader.load(directory));
    }

    private static LoadedNatives translating(Supplier<LoadedNatives> load) {
        try {
            return load.get();
        } catch (NativeLoadException | NativeSetException failure) {
            throw new NativeLibraryException(String.valueOf(failure.getMessage()), failure);
        }
    }

    /** Runs a native call and keeps what is logged meanwhile, also by other threads. */
    static <T> Logged<T> logging(Supplier<T> call) {
        long mark = logMark();
        T value = call.get();
        return new Logged<>(value, linesSince(mark));
    }

    /** The present place in the log. */
    static long logMark() {
        return NativeLoader.log().mark();
    }

    /** The last lines since a place in the log: warnings and errors, or everything if there are none. */
    static List<String> linesSince(long mark) {
        NativeLog log = NativeLoader.log();
        List<String> problems = log.problemsSince(mark);
        List<String> lines = problems.isEmpty() ? log.since(mark) : problems;
        return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
    }
}
