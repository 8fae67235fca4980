package io.github.llamacpp4j.chat;

/**
 * A message, tool, or template that cannot be used as it stands. The message says where the fault is, what was expected
 * and what was found. Instances are immutable apart from what {@link Throwable} allows.
 */
public final class ChatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChatException(String message) {
        super(message);
    }

    public ChatException(String message, Throwable cause) {
        super(message, cause);
    }
}
