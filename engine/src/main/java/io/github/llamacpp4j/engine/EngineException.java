package io.github.llamacpp4j.engine;

/** Something went wrong in the engine; the subtypes say what. */
public abstract class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EngineException(String message) {
        super(message);
    }

    EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
