package io.github.llamacpp4j.engine;

/**
 * The largest logit of each block of a row. Blocks are interleaved: with {@code n} blocks, block {@code b} holds the indexes
 * {@code b}, {@code b + n}, {@code b + 2n} and so on, so that all maxima advance together and the processor takes many at a time.
 *
 * <p>The k-th largest block maximum is a lower bound of the k-th largest logit, so the top k lie in the few blocks whose maximum
 * reaches it: the whole row is read once only.
 */
final class BlockMaxima {

    private static final int VALUES_PER_BLOCK = 64;

    private final float[] maxima;
    private final float[] heap;
    private final int[] reaching;
    private int blocks;

    BlockMaxima(int capacity) {
        maxima = new float[capacity / VALUES_PER_BLOCK + 1];
        heap = new float[maxima.length];
        reaching = new int[maxima.length];
    }

    int blocks() {
        return blocks;
    }

    /** Reads the first {@code size} values and returns the largest, or NaN if one of them is. */
    float scan(float[] values, int size) {
        blocks = (size + VALUES_PER_BLOCK - 1) / VALUES_PER_BLOCK;
        System.arraycopy(values, 0, maxima, 0, blocks);
        int start = blocks;
        for (; start + blocks <= size; start += blocks) {
            raise(maxima, values, start, blocks);
        }
        raise(maxima, values, start, size - start);
        float largest = Float.NEGATIVE_INFINITY;
        for (int block = 0; block < blocks; block++) {
            largest = Math.max(largest, maxima[block]);
        }
        return largest;
    }

    private static void raise(float[] maxima, float[] values, int start, int count) {
        for (int i = 0; i < count; i++) {
            maxima[i] = Math.max(maxima[i], values[start + i]);
        }
    }

    /** The lowest index among the values scanned that holds {@code value}, their largest. */
    int lowestIndexOf(float value, float[] values) {
        int lowest = Integer.MAX_VALUE;
        for (int block = 0; block < blocks; block++) {
            if (maxima[block] == value) {
                int index = block;
                while (values[index] != value) {
                    index += blocks;
                }
                lowest = Math.min(lowest, index);
            }
        }
        return lowest;
    }

    /** Adds to {@code keys}, in the order of their indexes, the first {@code size} values that are at least {@code bound}. */
    void collect(float bound, float[] values, int size, SortKeys keys) {
        int count = 0;
        for (int block = 0; block < blocks; block++) {
            if (maxima[block] >= bound) {
                reaching[count++] = block;
            }
        }
        for (int start = 0; start < size; start += blocks) {
            for (int i = 0; i < count; i++) {
                int index = start + reaching[i];
                if (index < size && values[index] >= bound) {
                    keys.add(values[index], index);
                }
            }
        }
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
