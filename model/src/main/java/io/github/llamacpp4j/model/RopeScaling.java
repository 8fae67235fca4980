package io.github.llamacpp4j.model;

/** How rotary positions are scaled beyond the trained context ({@code llama_rope_scaling_type}). */
public enum RopeScaling implements NativeConstant {
    /** As the model says. */
    MODEL(-1),
    /** Not at all. */
    NONE(0),
    /** Linearly. */
    LINEAR(1),
    /** By YaRN. */
    YARN(2),
    /** By LongRoPE. */
    LONGROPE(3);

    private final int nativeValue;

    RopeScaling(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
