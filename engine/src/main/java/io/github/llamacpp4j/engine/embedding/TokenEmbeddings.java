package io.github.llamacpp4j.engine.embedding;

import java.util.Arrays;
import java.util.Objects;

/**
 * One vector for each token of a text, as late-interaction retrieval needs them. Immutable and thread-safe.
 *
 * <p>The tokens are those of the text with its special tokens, in order. Of a text that was
 * {@linkplain LongTextPolicy#SPLIT split}, the parts follow one another, each with its special tokens.
 */
public final class TokenEmbeddings {

    private final float[] rows;
    private final int dimensions;
    private final int[] tokens;
    private final boolean truncated;

    TokenEmbeddings(float[] rows, int[] tokens, boolean truncated) {
        this.rows = rows;
        this.tokens = tokens;
        this.dimensions = rows.length / tokens.length;
        this.truncated = truncated;
    }

    /** How many tokens there are. */
    public int size() {
        return tokens.length;
    }

    /** How many numbers each vector has. */
    public int dimensions() {
        return dimensions;
    }

    /** A copy of the tokens' ids. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** Whether the end of the text was cut off, see {@link LongTextPolicy#TRUNCATE}. */
    public boolean truncated() {
        return truncated;
    }

    /**
     * A copy of a token's vector.
     *
     * @param index the token's index
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public float[] vector(int index) {
        int start = Objects.checkIndex(index, tokens.length) * dimensions;
        return Arrays.copyOfRange(rows, start, start + dimensions);
    }
}
