package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.model.LlamaException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run of tools that came to no answer. Keeps the conversation as far as it came. */
public final class ToolRunException extends LlamaException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient List<ChatMessage> messages;

    /** Why the run ended. */
    public enum Kind {
        /** The model still wanted calls after the last round. */
        TOO_MANY_ROUNDS,
        /** The run's time was up. */
        DEADLINE,
        /** A tool failed or took too long, and {@link ToolFailures#END_RUN} is set. */
        TOOL_FAILED,
        /** A call was cut off, for example at the maximum of tokens. */
        TRUNCATED_CALL,
        /** The thread was interrupted. */
        INTERRUPTED
    }

    ToolRunException(Kind kind, String message, List<ChatMessage> messages, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = requireNonNull(kind, "kind");
        this.messages = List.copyOf(messages);
    }

    /** Why the run ended. */
    public Kind kind() {
        return kind;
    }

    /** The conversation so far, from which another run may start. */
    public List<ChatMessage> messages() {
        return messages;
    }
}
