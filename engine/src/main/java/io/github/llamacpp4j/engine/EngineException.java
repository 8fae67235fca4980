package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.model.LlamaException;

/** Something went wrong in the engine; the subtypes say what. */
public abstract class EngineException extends LlamaException {

    private static final long serialVersionUID = 1L;

    EngineException(String message) {
        super(message);
    }

    EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
