package io.github.llamacpp4j.model;

import org.jspecify.annotations.Nullable;

/** A saved state cannot be written or restored: damaged, cut off, or made by another model or another kind of context. */
public final class StateException extends LlamaException {

    private static final long serialVersionUID = 1L;

    StateException(String message) {
        super(message);
    }

    StateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
