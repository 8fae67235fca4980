package io.github.llamacpp4j.natives;

/** A native set that cannot be found, fetched or unpacked. The message says what was tried and what to do. */
public final class NativeSetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NativeSetException(String message) {
        super(message);
    }

    NativeSetException(String message, Throwable cause) {
        super(message, cause);
    }
}
