package io.github.llamacpp4j.engine;

/**
 * The largest logit of each block of a row.
 *
 * <p>The k-th largest block maximum is a lower bound of the k-th largest logit, so the top k lie in the few blocks whose maximum
 * reaches it: the whole row is read once only, in a loop without stores.
 */
final class BlockMaxima {

    static final int BLOCK_SIZE = 64;

    private static final int LANES = 4;

    private final float[] maxima;
    private final float[] heap;
    private int blocks;

    BlockMaxima(int capacity) {
        maxima = new float[capacity / BLOCK_SIZE + 1];
        heap = new float[maxima.length];
    }

    int blocks() {
        return blocks;
    }

    float maximum(int block) {
        return maxima[block];
    }

    /** Reads the first {@code size} values and returns the largest, or NaN if one of them is NaN or positive infinity. */
    float scan(float[] values, int size) {
        blocks = (size + BLOCK_SIZE - 1) / BLOCK_SIZE;
        float largest = Float.NEGATIVE_INFINITY;
        for (int block = 0; block < blocks; block++) {
            int start = block * BLOCK_SIZE;
            float maximum = maximumOf(values, start, Math.min(start + BLOCK_SIZE, size));
            maxima[block] = maximum;
            largest = Math.max(largest, maximum);
        }
        return largest;
    }

    /** Four lanes keep the processor's pipeline full; zero times anything but NaN and infinity is zero. */
    private static float maximumOf(float[] values, int from, int to) {
        float a = Float.NEGATIVE_INFINITY;
        float b = a;
        float c = a;
        float d = a;
        float fault = 0f;
        int i = from;
        for (; i + LANES <= to; i += LANES) {
            float w = values[i];
            float x = values[i + 1];
            float y = values[i + 2];
            float z = values[i + 3];
            if (!(w <= a)) {
                fault += 0f * w;
                a = w;
            }
            if (!(x <= b)) {
                fault += 0f * x;
                b = x;
            }
            if (!(y <= c)) {
                fault += 0f * y;
                c = y;
            }
            if (!(z <= d)) {
                fault += 0f * z;
                d = z;
            }
        }
        for (; i < to; i++) {
            if (!(values[i] <= a)) {
                fault += 0f * values[i];
                a = values[i];
            }
        }
        return Math.max(Math.max(a, b), Math.max(c, d)) + fault;
    }

    /** The {@code rank}-th largest maximum, counted from 1: a heap of the largest seen so far, smallest on top. */
    float ranked(int rank) {
        System.arraycopy(maxima, 0, heap, 0, rank);
        for (int i = rank / 2 - 1; i >= 0; i--) {
            siftDown(i, rank);
        }
        for (int block = rank; block < blocks; block++) {
            if (maxima[block] > heap[0]) {
                heap[0] = maxima[block];
                siftDown(0, rank);
            }
        }
        return heap[0];
    }

    private void siftDown(int start, int heapSize) {
        int hole = start;
        float value = heap[hole];
        for (int child = 2 * hole + 1; child < heapSize; child = 2 * hole + 1) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= value) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = value;
    }
}
