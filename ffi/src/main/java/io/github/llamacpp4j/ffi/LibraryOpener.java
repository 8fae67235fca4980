package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.natives.NativePlatform;
import io.github.llamacpp4j.natives.NativeSet;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/** Opens the libraries of a set in the order of their dependencies, by absolute path, for as long as the process lives. */
final class LibraryOpener {

    private final LoadDiagnosis diagnosis;

    LibraryOpener(NativePlatform platform) {
        this.diagnosis = new LoadDiagnosis(platform);
    }

    /**
     * Reads the headers of all libraries, since opening a damaged one can end the process.
     *
     * @throws NativeLoadException when one cannot be opened
     */
    void requireLoadable(NativeSet set) {
        diagnosis.requireLoadable(set.base());
        diagnosis.requireLoadable(set.ggml());
        diagnosis.requireLoadable(set.llama());
        set.backends().forEach(diagnosis::requireComplete);
    }

    /**
     * Opens base, ggml and llama. On Windows a lookup sees only its own library, hence the chain.
     *
     * @throws NativeLoadException when the operating system refuses one
     */
    SymbolLookup open(NativeSet set) {
        SymbolLookup base = open(set.base());
        SymbolLookup ggml = open(set.ggml());
        SymbolLookup llama = open(set.llama());
        return llama.or(ggml).or(base);
    }

    @SuppressWarnings("restricted")
    private SymbolLookup open(Path library) {
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw diagnosis.refused(library, reason(library, e));
        }
    }

    /** A failed lookup tells only that it failed; {@code System.load} tells what the system's loader said. */
    @SuppressWarnings("restricted")
    private static String reason(Path library, IllegalArgumentException failure) {
        try {
            System.load(library.toString());
            return String.valueOf(failure.getMessage());
        } catch (UnsatisfiedLinkError e) {
            String message = String.valueOf(e.getMessage());
            String prefix = library + ": ";
            return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
        }
    }
}
