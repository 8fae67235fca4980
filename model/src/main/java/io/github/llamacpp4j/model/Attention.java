package io.github.llamacpp4j.model;

/** Which tokens a token attends to ({@code llama_attention_type}). */
public enum Attention implements NativeConstant {
    /** As the model says. */
    MODEL(-1),
    /** Those before it. */
    CAUSAL(0),
    /** All of the same batch, as embedding models do. */
    NON_CAUSAL(1);

    private final int nativeValue;

    Attention(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
