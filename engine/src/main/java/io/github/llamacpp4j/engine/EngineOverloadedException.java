package io.github.llamacpp4j.engine;

/** The queue of requests is full; try again later. */
public final class EngineOverloadedException extends EngineException {

    private static final long serialVersionUID = 1L;

    EngineOverloadedException(String message) {
        super(message);
    }
}
