package io.github.llamacpp4j.engine;

/** The engine was closed before it could serve this request. */
public final class EngineClosedException extends EngineException {

    private static final long serialVersionUID = 1L;

    EngineClosedException(String message) {
        super(message);
    }
}
