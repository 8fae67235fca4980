package io.github.llamacpp4j.model;

/** How the embeddings of a sequence's tokens become one vector ({@code llama_pooling_type}). */
public enum Pooling implements NativeConstant {
    /** As the model says. */
    MODEL(-1),
    /** Not at all: one vector for each token. */
    NONE(0),
    /** Their mean. */
    MEAN(1),
    /** The first token's. */
    CLS(2),
    /** The last token's. */
    LAST(3),
    /** The score of a reranking model's classification head. */
    RANK(4);

    private final int nativeValue;

    Pooling(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
