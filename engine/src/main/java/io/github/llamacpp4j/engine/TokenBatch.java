package io.github.llamacpp4j.engine;

/**
 * Tokens to decode together. The tokens of one sequence follow each other at rising positions.
 *
 * <p>Filled by the engine and read by a {@link Decoder}. Not thread-safe.
 */
public final class TokenBatch {

    private final int[] tokens;
    private final int[] positions;
    private final int[] sequenceIds;
    private final boolean[] outputs;
    private int size;

    TokenBatch(int capacity) {
        tokens = new int[capacity];
        positions = new int[capacity];
        sequenceIds = new int[capacity];
        outputs = new boolean[capacity];
    }

    /** The number of tokens. */
    public int size() {
        return size;
    }

    /** The token at {@code index}. */
    public int token(int index) {
        return tokens[index];
    }

    /** Where in its sequence the token at {@code index} stands, from 0. */
    public int position(int index) {
        return positions[index];
    }

    /** The sequence of the token at {@code index}. */
    public int sequenceId(int index) {
        return sequenceIds[index];
    }

    /** Whether the logits after the token at {@code index} will be read. */
    public boolean isOutput(int index) {
        return outputs[index];
    }

    int capacity() {
        return tokens.length;
    }

    int room() {
        return tokens.length - size;
    }

    void clear() {
        size = 0;
    }

    void add(int token, int position, int sequenceId, boolean output) {
        tokens[size] = token;
        positions[size] = position;
        sequenceIds[size] = sequenceId;
        outputs[size++] = output;
    }
}
