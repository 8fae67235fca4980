package io.github.llamacpp4j.model;

/** An enum constant that stands for a number in llama.h. Immutable and thread-safe. */
public interface NativeConstant {

    /** The number that llama.cpp uses. */
    int nativeValue();

    /**
     * The constant for a number that llama.cpp returned.
     *
     * @param type the enum
     * @param nativeValue the number
     * @param <E> the enum
     * @return the constant
     * @throws IllegalArgumentException if there is none
     */
    static <E extends Enum<E> & NativeConstant> E of(Class<E> type, int nativeValue) {
        for (E constant : type.getEnumConstants()) {
            if (constant.nativeValue() == nativeValue) {
                return constant;
            }
        }
        throw new IllegalArgumentException("llama.cpp returned " + nativeValue + ", which is no known "
                + type.getSimpleName() + "; the libraries may be newer than this version supports");
    }
}
