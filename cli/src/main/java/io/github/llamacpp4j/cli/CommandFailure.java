package io.github.llamacpp4j.cli;

import java.util.Map;

/**
 * A request that cannot be answered: becomes exit code 1 with the message on standard error, or, in batch mode, the
 * {@code error} object of one line.
 */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String kind;
    private final transient Map<String, ?> details;

    /**
     * @param kind a stable word for programs, such as {@code parse} or {@code limit}
     * @param message what was expected, what was found, what to do
     * @param details further members of the batch error object, such as {@code line}; values are JSON-like
     */
    CommandFailure(String kind, String message, Map<String, ?> details) {
        super(message);
        this.kind = kind;
        this.details = details;
    }

    CommandFailure(String kind, String message) {
        this(kind, message, Map.of());
    }

    String kind() {
        return kind;
    }

    Map<String, ?> details() {
        return details;
    }
}
