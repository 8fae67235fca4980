package io.github.llamacpp4j.engine;

/**
 * The 32-bit Mersenne Twister (Matsumoto and Nishimura, 1998), as {@code std::mt19937}, with the uniform draws of libstdc++, so
 * that a seed picks the same tokens here and in llama.cpp.
 */
final class MersenneTwister {

    private static final int STATE_SIZE = 624;
    private static final int SHIFT = 397;
    private static final int UPPER_BIT = 0x80000000;
    private static final int LOWER_BITS = 0x7fffffff;
    private static final int TWIST = 0x9908b0df;
    private static final double TWO_TO_32 = 0x1p32;

    private final int[] state = new int[STATE_SIZE];
    private int next = STATE_SIZE;

    MersenneTwister(int seed) {
        state[0] = seed;
        for (int i = 1; i < STATE_SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /** The next 32 bits, read as unsigned by the callers. */
    int nextBits() {
        if (next == STATE_SIZE) {
            refill();
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    /** A double in [0, 1) from two draws, as {@code std::uniform_real_distribution<double>}. */
    double nextDouble() {
        double low = Integer.toUnsignedLong(nextBits());
        double high = Integer.toUnsignedLong(nextBits());
        double value = (low + high * TWO_TO_32) / (TWO_TO_32 * TWO_TO_32);
        return Math.min(value, Math.nextDown(1.0));
    }

    /** A float in [0, 1) from one draw, as {@code std::uniform_real_distribution<float>}. */
    float nextFloat() {
        float value = (float) Integer.toUnsignedLong(nextBits()) / (float) TWO_TO_32;
        return Math.min(value, Math.nextDown(1.0f));
    }

    private void refill() {
        for (int i = 0; i < STATE_SIZE; i++) {
            int y = (state[i] & UPPER_BIT) | (state[(i + 1) % STATE_SIZE] & LOWER_BITS);
            state[i] = state[(i + SHIFT) % STATE_SIZE] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : TWIST);
        }
        next = 0;
    }
}
