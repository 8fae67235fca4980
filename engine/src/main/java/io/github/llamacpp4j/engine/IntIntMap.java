package io.github.llamacpp4j.engine;

import java.util.Arrays;

/** A map from token ids to small positive numbers with open addressing: no boxing, no allocation once it has grown. */
final class IntIntMap {

    static final int ABSENT = 0;

    private int[] keys;
    private int[] values;
    private int mask;
    private int size;

    IntIntMap(int expectedSize) {
        int capacity = Integer.highestOneBit(Math.max(expectedSize, 8)) << 2;
        keys = new int[capacity];
        values = new int[capacity];
        mask = capacity - 1;
    }

    int size() {
        return size;
    }

    /** The value of {@code key}, or {@link #ABSENT}. */
    int get(int key) {
        return values[slot(key)];
    }

    void put(int key, int value) {
        int slot = slot(key);
        if (values[slot] == ABSENT) {
            if (2 * ++size > mask) {
                grow();
                slot = slot(key);
            }
            keys[slot] = key;
        }
        values[slot] = value;
    }

    /** Takes {@code key} out and moves later entries of its run back, so that no tombstones pile up. */
    void remove(int key) {
        int hole = slot(key);
        if (values[hole] == ABSENT) {
            return;
        }
        size--;
        values[hole] = ABSENT;
        for (int i = (hole + 1) & mask; values[i] != ABSENT; i = (i + 1) & mask) {
            int home = home(keys[i]);
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                keys[hole] = keys[i];
                values[hole] = values[i];
                values[i] = ABSENT;
                hole = i;
            }
        }
    }

    void clear() {
        if (size > 0) {
            Arrays.fill(values, ABSENT);
            size = 0;
        }
    }

    /** The number of slots; a slot is in use when its {@link #valueAt} is not {@link #ABSENT}. */
    int slots() {
        return values.length;
    }

    int keyAt(int slot) {
        return keys[slot];
    }

    int valueAt(int slot) {
        return values[slot];
    }

    private int home(int key) {
        return ((key * 0x9E3779B9) >>> 7) & mask;
    }

    private int slot(int key) {
        int slot = home(key);
        while (values[slot] != ABSENT && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldKeys = keys;
        int[] oldValues = values;
        keys = new int[oldKeys.length * 2];
        values = new int[oldKeys.length * 2];
        mask = keys.length - 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != ABSENT) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
