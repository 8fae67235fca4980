package io.github.llamacpp4j.engine;

/** The thread was interrupted while it waited; its interrupt flag is set and the request cancelled. */
public final class EngineInterruptedException extends EngineException {

    private static final long serialVersionUID = 1L;

    EngineInterruptedException(InterruptedException cause) {
        super("interrupted while waiting for the engine; the request is cancelled", cause);
    }
}
