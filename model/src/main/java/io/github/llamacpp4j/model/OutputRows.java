package io.github.llamacpp4j.model;

/**
 * Which rows of the last computed batch have an output. llama.cpp answers a wrong row with NULL, or with an assertion
 * where a sampler asks; here it is an exception. Not thread-safe.
 */
final class OutputRows {

    private final byte[] outputs;
    private int start;
    private int count;
    private int last = -1;

    OutputRows(int batchSize) {
        this.outputs = new byte[batchSize];
    }

    /** Nothing can be read any more. */
    void clear() {
        count = 0;
        last = -1;
    }

    /** The part of a batch that has been computed last. */
    void set(Batch batch, int start, int count, boolean all) {
        batch.copyOutputs(start, count, outputs);
        this.start = start;
        this.count = count;
        this.last = -1;
        for (int i = count - 1; i >= 0; i--) {
            if (all) {
                outputs[i] = 1;
            }
            if (last < 0 && outputs[i] != 0) {
                last = i;
            }
        }
    }

    /** The native row for the index of a token in the batch; -1 means the last output. */
    int resolve(int index) {
        if (last < 0) {
            throw new IllegalStateException(
                    "there is no output to read: decode a batch in which a token asks for one first");
        }
        if (index == -1) {
            return last;
        }
        int row = index - start;
        if (row < 0 || row >= count || outputs[row] == 0) {
            throw new IllegalArgumentException("token " + index + " of the last batch has no output"
                    + (index >= 0 && index < start
                            ? ": it was in an earlier part, because the batch was larger than the context's batchSize"
                            : "; ask for one when adding it"));
        }
        return row;
    }
}
