package io.github.llamacpp4j.engine;

import java.util.List;

/**
 * What the engine needs to know of a model's vocabulary. Implementations are thread-safe.
 */
public interface EngineVocabulary {

    /** The number of tokens; ids run from 0 to this number exclusive. */
    int size();

    /** Whether generation ends with this token. */
    boolean isEndOfGeneration(int token);

    /** The bytes that this token adds to the visible text; none for a control token. The caller must not change them. */
    byte[] piece(int token);

    /** The bytes that this token stands for, control tokens spelled out. The caller must not change them. */
    byte[] text(int token);

    /** The tokens of a piece of text in UTF-8, without special tokens at its ends or inside. */
    int[] tokenize(byte[] text);

    /**
     * The tokens of a piece of text in UTF-8 that goes on where other text has ended: as {@link #tokenize} gives them, without the
     * space that some vocabularies put in front of a text.
     */
    default int[] tokenizeContinuation(byte[] text) {
        return tokenize(text);
    }

    /** Tokens that the model's file says must never be chosen; none unless it says so. */
    default List<Integer> suppressedTokens() {
        return List.of();
    }
}
