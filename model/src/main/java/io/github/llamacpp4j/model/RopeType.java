package io.github.llamacpp4j.model;

/** How rotary positions are applied to a model's keys and queries ({@code llama_rope_type}). */
public enum RopeType implements NativeConstant {
    /** Not at all: positions are learned, biased or not used. */
    NONE(-1),
    /** To neighbouring numbers. */
    NORM(0),
    /** To numbers half a head apart, as GPT-NeoX does. */
    NEOX(2),
    /** With four positions for each token, for text and images. */
    MROPE(8),
    /** With four interleaved positions for each token. */
    IMROPE(40),
    /** With two positions, in image encoders. */
    VISION(24);

    private final int nativeValue;

    RopeType(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
