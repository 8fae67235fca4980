package io.github.llamacpp4j.engine;

/** The tokens of this request could not be decoded, alone either; other requests go on. */
public final class DecodeFailedException extends EngineException {

    private static final long serialVersionUID = 1L;

    DecodeFailedException(String message) {
        super(message);
    }

    DecodeFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
