package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.model.LlamaException;
import org.jspecify.annotations.Nullable;

/** An answer that did not become the value that was asked for. Keeps what the model wrote. */
public final class TypedOutputException extends LlamaException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String text;

    /** What went wrong. */
    public enum Kind {
        /** The answer ended early, for example at its maximum of tokens. */
        TRUNCATED,
        /** The answer calls tools instead. */
        TOOL_CALLS,
        /** Jackson refuses the text: a constructor threw, or the type accepts less than its schema says. */
        UNREADABLE
    }

    TypedOutputException(Kind kind, String text, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = requireNonNull(kind, "kind");
        this.text = requireNonNull(text, "text");
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** What the model wrote for the user, as far as it came. */
    public String text() {
        return text;
    }
}
