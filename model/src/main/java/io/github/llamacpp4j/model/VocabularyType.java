package io.github.llamacpp4j.model;

/** How a vocabulary splits text ({@code llama_vocab_type}). */
public enum VocabularyType implements NativeConstant {
    /** The model has no vocabulary. */
    NONE(0),
    /** Llama's SentencePiece BPE with byte fallback. */
    SENTENCE_PIECE(1),
    /** GPT-2's byte-level BPE. */
    BYTE_PAIR(2),
    /** BERT's WordPiece. */
    WORD_PIECE(3),
    /** T5's Unigram. */
    UNIGRAM(4),
    /** RWKV's greedy matching. */
    RWKV(5),
    /** PLaMo-2's dynamic programming over suffixes. */
    PLAMO2(6),
    /** A hashing vocabulary for tests. */
    TEST(7);

    private final int nativeValue;

    VocabularyType(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
