package io.github.llamacpp4j.engine.embedding;

import java.util.Arrays;

/**
 * A text as a vector. Immutable and thread-safe.
 *
 * <p>Two embeddings can be compared when they come from the same model, options and length.
 */
public final class Embedding {

    private final float[] vector;
    private final int tokens;
    private final boolean truncated;

    Embedding(float[] vector, int tokens, boolean truncated) {
        this.vector = vector;
        this.tokens = tokens;
        this.truncated = truncated;
    }

    /**
     * An embedding made elsewhere, such as one that was stored.
     *
     * @param vector at least one number, each finite
     * @throws IllegalArgumentException if there is none or one is not finite
     */
    public static Embedding of(float... vector) {
        if (vector.length == 0) {
            throw new IllegalArgumentException("an embedding has at least one number, found none");
        }
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("the numbers of an embedding are finite, found " + value);
            }
        }
        return new Embedding(vector.clone(), 0, false);
    }

    /** A copy of the numbers. */
    public float[] vector() {
        return vector.clone();
    }

    /** How many numbers there are. */
    public int size() {
        return vector.length;
    }

    /** How many tokens were computed for it, special tokens and prefix included; 0 if it was made elsewhere. */
    public int tokens() {
        return tokens;
    }

    /** Whether the end of the text was cut off, see {@link LongTextPolicy#TRUNCATE}. */
    public boolean truncated() {
        return truncated;
    }

    /**
     * The dot product; equals {@link #cosine(Embedding)} if both are L2-normalised.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public double dot(Embedding other) {
        requireSameSize(other);
        double sum = 0;
        for (int i = 0; i < vector.length; i++) {
            sum += (double) vector[i] * other.vector[i];
        }
        return sum;
    }

    /**
     * The cosine of the angle between the two, from -1 to 1; 0 if one of them is all zeros.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public double cosine(Embedding other) {
        double lengths = Math.sqrt(dot(this)) * Math.sqrt(other.dot(other));
        return lengths == 0 ? 0 : Math.clamp(dot(other) / lengths, -1, 1);
    }

    /**
     * The first numbers only, L2-normalised again. Keeps most of the meaning with models trained for it (Matryoshka
     * representation learning, Kusupati et al. 2022), and not with others.
     *
     * @param size how many numbers to keep, from 1 to {@link #size()}
     * @throws IllegalArgumentException if the size is out of range
     */
    public Embedding shortened(int size) {
        return shortened(size, Normalization.l2());
    }

    /**
     * The first numbers only, scaled again, see {@link #shortened(int)}.
     *
     * @param size how many numbers to keep, from 1 to {@link #size()}
     * @param normalization how they are scaled
     * @throws IllegalArgumentException if the size is out of range
     */
    public Embedding shortened(int size, Normalization normalization) {
        if (size < 1 || size > vector.length) {
            throw new IllegalArgumentException("an embedding of " + vector.length + " numbers can be shortened to 1 to "
                    + vector.length + " of them, found " + size);
        }
        float[] head = Arrays.copyOf(vector, size);
        normalization.apply(head);
        return new Embedding(head, tokens, truncated);
    }

    /** One byte for each number: a quarter of the size, cosine kept to about two digits. */
    public ByteEmbedding toBytes() {
        return ByteEmbedding.of(vector);
    }

    /** One bit for each number: its sign. */
    public BinaryEmbedding toBinary() {
        return BinaryEmbedding.of(vector);
    }

    private void requireSameSize(Embedding other) {
        if (vector.length != other.vector.length) {
            throw new IllegalArgumentException(
                    "embeddings of " + vector.length + " and " + other.vector.length + " numbers cannot be compared");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Embedding that
                && tokens == that.tokens
                && truncated == that.truncated
                && Arrays.equals(vector, that.vector);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(vector);
    }

    @Override
    public String toString() {
        return "embedding of " + vector.length + " numbers for " + tokens + " tokens"
                + (truncated ? ", truncated" : "");
    }
}
