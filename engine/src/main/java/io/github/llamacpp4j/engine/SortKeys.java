package io.github.llamacpp4j.engine;

import java.util.Arrays;

/**
 * Sorts numbers by value, largest first, ties by index, without allocating: each number and its index share one {@code long}.
 * Many take a radix sort of three passes, few are inserted; {@link Arrays#sort(long[], int, int)} would allocate what it needs to
 * partition and merge.
 */
final class SortKeys {

    private static final int INSERTION_LIMIT = 128;
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
        if (size <= INSERTION_LIMIT) {
            insertionSort();
        } else {
            radixSort();
        }
    }

    private void insertionSort() {
        for (int i = 1; i < size; i++) {
            long key = keys[i];
            int hole = i;
            for (; hole > 0 && keys[hole - 1] > key; hole--) {
                keys[hole] = keys[hole - 1];
            }
            keys[hole] = key;
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
