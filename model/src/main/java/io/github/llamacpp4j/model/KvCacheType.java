package io.github.llamacpp4j.model;

/**
 * The number formats that a key or value cache may have ({@code ggml_type}). Formats that ggml knows but that no cache
 * supports are left out on purpose: asking for one of them ends the process.
 */
public enum KvCacheType implements NativeConstant {
    /** 32-bit floating point. */
    F32(0, 1, 4),
    /** 16-bit floating point, the default. */
    F16(1, 1, 2),
    /** 16-bit floating point with the range of 32 bits. */
    BF16(30, 1, 2),
    /** 8-bit blocks. */
    Q8_0(8, 32, 34),
    /** 4-bit blocks. */
    Q4_0(2, 32, 18),
    /** 4-bit blocks with an offset. */
    Q4_1(3, 32, 20),
    /** 4-bit blocks with a non-linear scale. */
    IQ4_NL(20, 32, 18),
    /** 5-bit blocks. */
    Q5_0(6, 32, 22),
    /** 5-bit blocks with an offset. */
    Q5_1(7, 32, 24);

    private final int nativeValue;
    private final int blockSize;
    private final int blockBytes;

    KvCacheType(int nativeValue, int blockSize, int blockBytes) {
        this.nativeValue = nativeValue;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    @Override
    public int nativeValue() {
        return nativeValue;
    }

    /** Whether values are stored in blocks that share a scale; the value cache then needs flash attention. */
    public boolean quantized() {
        return blockSize > 1;
    }

    /** How many values share a block; a head's width must be a multiple of it. */
    public int blockSize() {
        return blockSize;
    }

    double bytesPerValue() {
        return (double) blockBytes / blockSize;
    }
}
