package io.github.llamacpp4j.model;

/** What a context computes ({@code llama_context_type}). */
public enum ContextKind implements NativeConstant {
    /** The model. */
    DEFAULT(0),
    /** The model's multi-token prediction layers, if it has any. */
    MULTI_TOKEN_PREDICTION(1);

    private final int nativeValue;

    ContextKind(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
