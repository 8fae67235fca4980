package io.github.llamacpp4j.engine.embedding;

/** A text, or what was given as tokens instead of one, has more tokens than the model takes at once, and {@link LongTextPolicy#ERROR} is in force. */
public final class TextTooLongException extends EmbeddingException {

    private static final long serialVersionUID = 1L;

    private final int tokens;
    private final int maxTokens;

    TextTooLongException(int tokens, int maxTokens) {
        super("context_length_exceeded: the text has " + tokens + " tokens, at most " + maxTokens
                + " fit; shorten it or choose LongTextPolicy.TRUNCATE or SPLIT");
        this.tokens = tokens;
        this.maxTokens = maxTokens;
    }

    /** How many tokens the text has, special ones included. */
    public int tokens() {
        return tokens;
    }

    /** How many tokens a text may have. */
    public int maxTokens() {
        return maxTokens;
    }
}
