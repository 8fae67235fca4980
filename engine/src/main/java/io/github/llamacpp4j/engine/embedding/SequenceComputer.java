package io.github.llamacpp4j.engine.embedding;

import java.util.List;

/** Computes whole sequences, each independent of the others. Used by one thread, except for {@link #abort()}. */
interface SequenceComputer extends AutoCloseable {

    /**
     * One row of numbers for each sequence.
     *
     * @param sequences at least one, each with at least one token
     * @param threads how many threads to use, at least 1
     */
    List<float[]> compute(List<int[]> sequences, int threads);

    /** Stops what is being computed, soon; by any thread. */
    void abort();

    /** About how many bytes this takes now, beside the model's weights; by any thread. */
    long estimatedBytes();

    @Override
    void close();
}
