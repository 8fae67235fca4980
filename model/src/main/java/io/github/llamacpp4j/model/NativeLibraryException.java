package io.github.llamacpp4j.model;

/** The llama.cpp libraries cannot be found, opened or used; the message names the file and the remedy. */
public final class NativeLibraryException extends LlamaException {

    private static final long serialVersionUID = 1L;

    NativeLibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}
