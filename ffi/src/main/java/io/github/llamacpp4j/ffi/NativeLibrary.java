package io.github.llamacpp4j.ffi;

import java.lang.foreign.SymbolLookup;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The native library that the generated bindings call: one per JVM, installed once and never unloaded.
 *
 * <p>The reference is static because C code is: libllama and libggml keep global state, method handles are constants
 * bound to addresses, and a process that holds two copies of ggml-base aborts. Thread-safe.
 */
public final class NativeLibrary {
    private static final AtomicReference<@Nullable SymbolLookup> INSTALLED = new AtomicReference<>();

    private NativeLibrary() {}

    /**
     * Where the generated bindings find their functions.
     *
     * @throws IllegalStateException if no native library has been loaded yet
     */
    public static SymbolLookup lookup() {
        SymbolLookup lookup = INSTALLED.get();
        if (lookup == null) {
            throw new IllegalStateException(
                    "no native library is loaded: load one before calling a function of llama.cpp");
        }
        return lookup;
    }

    /**
     * Makes a checked library the one that the bindings call.
     *
     * @throws IllegalStateException if another library is already installed
     */
    static void install(SymbolLookup lookup) {
        if (!INSTALLED.compareAndSet(null, lookup)) {
            throw new IllegalStateException(
                    "a native library is already loaded: a JVM can hold only one, start another JVM to use a different one");
        }
    }
}
