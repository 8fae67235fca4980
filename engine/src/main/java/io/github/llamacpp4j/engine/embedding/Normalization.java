package io.github.llamacpp4j.engine.embedding;

/**
 * How the numbers of a vector are scaled; the same choices as {@code llama-embedding --embd-normalize}. A vector of zeros
 * stays as it is. Immutable and thread-safe.
 */
public final class Normalization {

    private static final float LARGEST_INT16 = 32760f;
    private static final Normalization NONE = new Normalization("none", 0);
    private static final Normalization L2 = new Normalization("l2", 2);
    private static final Normalization MAX_ABSOLUTE = new Normalization("max-abs", Double.POSITIVE_INFINITY);

    private final String name;
    private final double power;

    private Normalization(String name, double power) {
        this.name = name;
        this.power = power;
    }

    /** Not at all. */
    public static Normalization none() {
        return NONE;
    }

    /** To the Euclidean length 1, so that the dot product is the cosine. The default. */
    public static Normalization l2() {
        return L2;
    }

    /** So that the largest number, the sign aside, is 32760: fits 16-bit integers. */
    public static Normalization maxAbsolute() {
        return MAX_ABSOLUTE;
    }

    /**
     * To the p-norm 1.
     *
     * @param p 1 for the sum of the absolute values, 2 for the Euclidean length and so on, up to 100
     * @throws IllegalArgumentException if p is out of range
     */
    public static Normalization pNorm(int p) {
        if (p < 1 || p > 100) {
            throw new IllegalArgumentException("p of a p-norm goes from 1 to 100, found " + p);
        }
        return p == 2 ? L2 : new Normalization("p" + p, p);
    }

    /** Scales a vector in place. */
    void apply(float[] vector) {
        if (this == NONE) {
            return;
        }
        double largest = 0;
        for (float value : vector) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (largest == 0) {
            return;
        }
        double length = this == MAX_ABSOLUTE ? largest / LARGEST_INT16 : norm(vector, largest);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / length);
        }
    }

    /** The p-norm; large powers are taken of numbers up to 1, so that they do not overflow. */
    private double norm(float[] vector, double largest) {
        double sum = 0;
        if (power == 2) {
            for (float value : vector) {
                sum += (double) value * value;
            }
            return Math.sqrt(sum);
        }
        for (float value : vector) {
            sum += Math.pow(Math.abs(value) / largest, power);
        }
        return largest * Math.pow(sum, 1 / power);
    }

    /** {@code none}, {@code l2}, {@code max-abs}, or {@code p} with a number. */
    @Override
    public String toString() {
        return name;
    }
}
