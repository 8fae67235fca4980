package io.github.llamacpp4j.engine.embedding;

import java.util.Arrays;

/**
 * A vector with one bit for each number, 1 where it is above zero. Immutable and thread-safe.
 *
 * <p>Bits are packed as {@code numpy.packbits} and sentence-transformers ({@code ubinary}) do: the first number is the
 * highest bit of the first byte, the last byte is filled up with zeros.
 */
public final class BinaryEmbedding {

    private final byte[] bits;
    private final int size;

    private BinaryEmbedding(byte[] bits, int size) {
        this.bits = bits;
        this.size = size;
    }

    static BinaryEmbedding of(float[] vector) {
        byte[] bits = new byte[(vector.length + 7) / 8];
        for (int i = 0; i < vector.length; i++) {
            if (vector[i] > 0) {
                bits[i >> 3] |= (byte) (0x80 >> (i & 7));
            }
        }
        return new BinaryEmbedding(bits, vector.length);
    }

    /** A copy of the packed bits. */
    public byte[] bits() {
        return bits.clone();
    }

    /** How many numbers, hence bits, there are. */
    public int size() {
        return size;
    }

    /**
     * How many bits differ.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public int hammingDistance(BinaryEmbedding other) {
        if (size != other.size) {
            throw new IllegalArgumentException(
                    "embeddings of " + size + " and " + other.size + " numbers cannot be compared");
        }
        int distance = 0;
        for (int i = 0; i < bits.length; i++) {
            distance += Integer.bitCount((bits[i] ^ other.bits[i]) & 0xff);
        }
        return distance;
    }

    /**
     * The cosine of the two as vectors of -1 and 1: from 1, all bits equal, to -1, all different.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public double similarity(BinaryEmbedding other) {
        return 1 - 2.0 * hammingDistance(other) / size;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BinaryEmbedding that && size == that.size && Arrays.equals(bits, that.bits);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bits);
    }

    @Override
    public String toString() {
        return "embedding of " + size + " bits";
    }
}
