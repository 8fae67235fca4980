package io.github.llamacpp4j.gguf;

import java.util.Optional;

/**
 * How the elements of a tensor are stored, {@code ggml_type} in llama.cpp's {@code ggml.h} (v0.5.0). Quantized types
 * store blocks of elements together.
 */
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    IQ1_M(29, 256, 56),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17),
    NVFP4(40, 64, 36),
    Q1_0(41, 128, 18),
    Q2_0(42, 64, 18);

    private static final int LARGEST_ID = 42;
    private static final GgmlType[] BY_ID = new GgmlType[LARGEST_ID + 1];

    static {
        for (GgmlType type : values()) {
            BY_ID[type.id] = type;
        }
    }

    private final int id;
    private final int blockElements;
    private final int blockBytes;

    GgmlType(int id, int blockElements, int blockBytes) {
        this.id = id;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** The type with the number {@code id} in a file; empty for numbers that are unknown or no longer in use. */
    public static Optional<GgmlType> ofId(int id) {
        return id >= 0 && id <= LARGEST_ID ? Optional.ofNullable(BY_ID[id]) : Optional.empty();
    }

    /** The number that stands for this type in a file and in llama.cpp. */
    public int id() {
        return id;
    }

    /** How many elements a block holds; 1 for plain number types. */
    public int blockElements() {
        return blockElements;
    }

    /** The size of a block in bytes. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether elements are stored in blocks with common scales. */
    public boolean isQuantized() {
        return blockElements > 1;
    }

    /** The mean size of an element in bits, scales included. */
    public double bitsPerElement() {
        return blockBytes * 8.0 / blockElements;
    }

    /**
     * The size in bytes of {@code elements} elements.
     *
     * @throws IllegalArgumentException if that is not a whole number of blocks or does not fit 63 bits
     */
    public long bytesFor(long elements) {
        if (elements < 0 || elements % blockElements != 0) {
            throw new IllegalArgumentException(
                    elements + " elements of type " + this + " are not a whole number of blocks of " + blockElements);
        }
        try {
            return Math.multiplyExact(elements / blockElements, (long) blockBytes);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(elements + " elements of type " + this + " do not fit 2^63 bytes", e);
        }
    }
}
