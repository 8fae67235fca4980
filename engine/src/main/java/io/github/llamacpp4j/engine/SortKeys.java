package io.github.llamacpp4j.engine;

import java.util.Arrays;

/**
 * Sorts numbers by value, largest first, ties by index, without allocating: each number and its index share one {@code long}.
 * Long runs take a radix sort of three passes, short ones {@link Arrays#sort(long[], int, int)}, which works in place below its
 * own merging threshold.
 */
final class SortKeys {

    private static final int COMPARISON_LIMIT = 2048;

    /** Below this {@link Arrays#sort(long[], int, int)} inserts; above, it allocates to merge runs where it finds them. */
    private static final int INSERTION_LIMIT = 44;

    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;

    private final int[] counts = new int[DIGITS];
    private long[] keys;
    private long[] swap = new long[0];
    private int size;

    SortKeys(int capacity) {
        keys = new long[capacity];
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    void add(float value, int index) {
        keys[size++] = (long) ~ordered(value) << 32 | index;
    }

    /** The index that was added with the {@code rank}-th largest number; valid after {@link #sort}. */
    int index(int rank) {
        return (int) keys[rank];
    }

    void sort() {
        if (size <= COMPARISON_LIMIT) {
            Arrays.sort(keys, 0, size);
        } else {
            radixSort();
        }
    }

    /** Sorts numbers that are likely to come in runs. */
    void sortRuns() {
        if (size < INSERTION_LIMIT) {
            Arrays.sort(keys, 0, size);
        } else {
            radixSort();
        }
    }

    /** The bits of a float as an int that compares the same way; both zeros are equal. */
    private static int ordered(float value) {
        int bits = Float.floatToRawIntBits(value + 0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private void radixSort() {
        if (swap.length < keys.length) {
            swap = new long[keys.length];
        }
        for (int i = 0; i < size; i++) {
            keys[i] ^= Long.MIN_VALUE;
        }
        for (int shift = 32; shift < 64; shift += DIGIT_BITS) {
            scatter(shift);
        }
        for (int i = 0; i < size; i++) {
            keys[i] ^= Long.MIN_VALUE;
        }
    }

    private void scatter(int shift) {
        Arrays.fill(counts, 0);
        for (int i = 0; i < size; i++) {
            counts[(int) (keys[i] >>> shift) & (DIGITS - 1)]++;
        }
        int start = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            int count = counts[digit];
            counts[digit] = start;
            start += count;
        }
        for (int i = 0; i < size; i++) {
            swap[counts[(int) (keys[i] >>> shift) & (DIGITS - 1)]++] = keys[i];
        }
        long[] sorted = swap;
        swap = keys;
        keys = sorted;
    }
}
