package io.github.llamacpp4j.engine;

/**
 * {@code e^x} for {@code x <= 0} in single precision, several times faster than {@link Math#exp}: a softmax over a whole
 * vocabulary calls it a hundred thousand times per token.
 *
 * <p>{@code x} is split into a multiple of {@code ln(2)/32}, whose power comes from a table and the exponent bits, and a rest
 * of at most {@code ln(2)/64}, whose power is a cubic. The relative error is below 1e-7.
 */
final class FloatExp {

    private static final int STEPS = 32;
    private static final double STEPS_PER_UNIT = STEPS / Math.log(2);
    private static final double UNIT_PER_STEP = Math.log(2) / STEPS;
    private static final float SMALLEST = -104f;
    private static final long[] POWERS = powers();

    private FloatExp() {}

    static float exp(float x) {
        if (!(x >= SMALLEST)) {
            return Float.isNaN(x) ? x : 0f;
        }
        double steps = x * STEPS_PER_UNIT;
        long whole = (long) (steps - 0.5);
        double rest = (steps - whole) * UNIT_PER_STEP;
        double power = Double.longBitsToDouble(POWERS[(int) whole & (STEPS - 1)] + ((whole >> 5) << 52));
        return (float) (power * (1 + rest * (1 + rest * (0.5 + rest * (1.0 / 6)))));
    }

    private static long[] powers() {
        long[] powers = new long[STEPS];
        for (int i = 0; i < STEPS; i++) {
            powers[i] = Double.doubleToRawLongBits(Math.pow(2, (double) i / STEPS));
        }
        return powers;
    }
}
