package io.github.llamacpp4j.model;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that can go wrong between this library and a model. Mistakes of the caller are
 * {@link IllegalArgumentException} and {@link IllegalStateException} instead.
 */
public abstract class LlamaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * An exception with a cause.
     *
     * @param message what was expected, what was found and what to do
     * @param cause what led to it, or {@code null}
     */
    protected LlamaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * An exception without a cause.
     *
     * @param message what was expected, what was found and what to do
     */
    protected LlamaException(String message) {
        super(message);
    }
}
