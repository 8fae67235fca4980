package io.github.llamacpp4j;

import io.github.llamacpp4j.engine.EngineVocabulary;
import io.github.llamacpp4j.engine.TokenConstraint;

/** Allows these tokens in this order, and then the end. Not thread-safe. */
final class ExactTokens implements TokenConstraint {

    private static final int[] NONE = {};

    private final int[] tokens;
    private final EngineVocabulary vocabulary;
    private int position;

    ExactTokens(int[] tokens, EngineVocabulary vocabulary) {
        this.tokens = tokens.clone();
        this.vocabulary = vocabulary;
    }

    @Override
    public boolean accepts(int token) {
        return position < tokens.length
                ? token == tokens[position]
                : position == tokens.length && vocabulary.isEndOfGeneration(token);
    }

    @Override
    public void accept(int token) {
        position++;
    }

    @Override
    public long[] mask() {
        long[] mask = new long[(vocabulary.size() + 63) / 64];
        for (int token = 0; token < vocabulary.size(); token++) {
            if (accepts(token)) {
                mask[token >> 6] |= 1L << token;
            }
        }
        return mask;
    }

    /** None: the model's opinion of each token is wanted. */
    @Override
    public int[] forcedTokens() {
        return NONE;
    }

    @Override
    public void rollback(int count) {
        position -= count;
    }

    @Override
    public boolean mayEnd() {
        return position >= tokens.length;
    }
}
