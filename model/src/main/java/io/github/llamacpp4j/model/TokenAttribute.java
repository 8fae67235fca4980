package io.github.llamacpp4j.model;

/** A property of a token ({@code llama_token_attr}); the native value is its bit. */
public enum TokenAttribute implements NativeConstant {
    /** Stands for text that the vocabulary cannot spell. */
    UNKNOWN(1),
    /** Reserved, never produced. */
    UNUSED(1 << 1),
    /** Ordinary text. */
    NORMAL(1 << 2),
    /** Steers the model and is no text, such as an end of turn. */
    CONTROL(1 << 3),
    /** Added to the vocabulary by the model's author. */
    USER_DEFINED(1 << 4),
    /** A single byte, for text that no other token spells. */
    BYTE(1 << 5),
    /** Matched after normalisation. */
    NORMALIZED(1 << 6),
    /** Swallows white space on its left. */
    LSTRIP(1 << 7),
    /** Swallows white space on its right. */
    RSTRIP(1 << 8),
    /** Matched only as a whole word. */
    SINGLE_WORD(1 << 9);

    private final int nativeValue;

    TokenAttribute(int nativeValue) {
        this.nativeValue = nativeValue;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }
}
