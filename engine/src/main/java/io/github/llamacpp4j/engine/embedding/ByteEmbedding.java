package io.github.llamacpp4j.engine.embedding;

import java.util.Arrays;

/**
 * A vector with one signed byte for each number: the number is about the byte times {@link #scale()}. Each vector has its
 * own scale, by which its largest number becomes 127, so vectors are to be compared by cosine. Immutable and thread-safe.
 */
public final class ByteEmbedding {

    private static final int LARGEST = 127;

    private final byte[] values;
    private final float scale;

    private ByteEmbedding(byte[] values, float scale) {
        this.values = values;
        this.scale = scale;
    }

    static ByteEmbedding of(float[] vector) {
        float largest = 0;
        for (float value : vector) {
            largest = Math.max(largest, Math.abs(value));
        }
        float scale = largest / LARGEST;
        byte[] values = new byte[vector.length];
        for (int i = 0; i < vector.length && largest > 0; i++) {
            values[i] = (byte) Math.round(vector[i] / largest * LARGEST);
        }
        return new ByteEmbedding(values, scale);
    }

    /** A copy of the bytes, from -127 to 127. */
    public byte[] values() {
        return values.clone();
    }

    /** What a byte is multiplied with to give the number. */
    public float scale() {
        return scale;
    }

    /** How many numbers there are. */
    public int size() {
        return values.length;
    }

    /**
     * The cosine of the angle between the two, from -1 to 1; 0 if one of them is all zeros.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public double cosine(ByteEmbedding other) {
        if (values.length != other.values.length) {
            throw new IllegalArgumentException(
                    "embeddings of " + values.length + " and " + other.values.length + " numbers cannot be compared");
        }
        long dot = 0;
        long own = 0;
        long others = 0;
        for (int i = 0; i < values.length; i++) {
            dot += values[i] * other.values[i];
            own += values[i] * values[i];
            others += other.values[i] * other.values[i];
        }
        return own == 0 || others == 0
                ? 0
                : Math.clamp(dot / (Math.sqrt((double) own) * Math.sqrt((double) others)), -1, 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteEmbedding that && scale == that.scale && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "embedding of " + values.length + " bytes, scale " + scale;
    }
}
