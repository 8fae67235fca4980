package io.github.llamacpp4j.ffi;

/**
 * Libraries that cannot be loaded or must not be used. The message names the file, what was expected, what was found, and
 * what to do. Never leaves the library: {@code model} turns it into its own exception.
 */
public final class NativeLoadException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NativeLoadException(String message) {
        super(message);
    }

    NativeLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
