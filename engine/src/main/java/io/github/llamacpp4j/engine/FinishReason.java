package io.github.llamacpp4j.engine;

/** Why a generation ended. */
public enum FinishReason {
    /** The model chose an end-of-generation token. */
    END_OF_GENERATION,
    /** One of the request's stop tokens was chosen. */
    STOP_TOKEN,
    /** One of the request's stop texts came up. */
    STOP_TEXT,
    /** The constraint allows nothing more. */
    CONSTRAINT_COMPLETE,
    /** The request's number of tokens was reached. */
    MAX_TOKENS,
    /** The context has no room for another token. */
    CONTEXT_FULL,
    /** The stream was cancelled or closed. */
    CANCELLED,
    /** The request's time was up. */
    DEADLINE,
    /** Nobody read the stream for too long. */
    ABANDONED;

    /** The word for this in OpenAI's protocol where it has one: {@code stop} or {@code length}; else a lower-case name. */
    public String wireName() {
        return switch (this) {
            case END_OF_GENERATION, STOP_TOKEN, STOP_TEXT, CONSTRAINT_COMPLETE -> "stop";
            case MAX_TOKENS, CONTEXT_FULL -> "length";
            case CANCELLED -> "cancelled";
            case DEADLINE -> "deadline";
            case ABANDONED -> "abandoned";
        };
    }
}
