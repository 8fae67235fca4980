package io.github.llamacpp4j.engine;

/** The {@link TokenConstraint} of this request threw an exception, which is the cause, or broke its contract; other requests go on. */
public final class ConstraintFailedException extends EngineException {

    private static final long serialVersionUID = 1L;

    ConstraintFailedException(RuntimeException cause) {
        super("the constraint of this request failed: " + cause, cause);
    }
}
