package io.github.llamacpp4j.engine;

/** The engine died of a fault of its own; the cause says which. {@link Engine#restart()} brings it back. */
public final class EngineFailedException extends EngineException {

    private static final long serialVersionUID = 1L;

    EngineFailedException(Throwable cause) {
        super("the engine stopped because of a fault: " + cause + "; Engine.restart() starts it again", cause);
    }
}
