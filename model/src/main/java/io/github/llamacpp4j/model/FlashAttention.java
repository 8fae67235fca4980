package io.github.llamacpp4j.model;

/** When flash attention is used ({@code llama_flash_attn_type}). */
public enum FlashAttention implements NativeConstant {
    /** Where the devices support it. */
    AUTO(-1),
    /** Never; a quantized value cache is then impossible. */
    DISABLED(0),
    /** Always; creating the context fails where it is not supported. */
    ENABLED(1);

    private final int nativeValue;

    FlashAttention(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
