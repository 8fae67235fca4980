package io.github.llamacpp4j.engine;

/**
 * What a decoder's memory can hold and do.
 *
 * @param vocabularySize the length of a row of logits
 * @param cells how many tokens the memory holds, all sequences together
 * @param sequenceCells how many tokens one sequence may have
 * @param batchSize how many tokens one batch may have
 * @param sequences how many sequences there may be; their ids run from 0 to this number exclusive
 * @param sharing whether sequences can share cells, so that copying a prefix costs nothing
 * @param cutting whether the end of a sequence can be taken off; not so for recurrent memories and sliding windows
 * @param shifting whether the positions of tokens can be changed
 */
public record DecoderLimits(
        int vocabularySize,
        int cells,
        int sequenceCells,
        int batchSize,
        int sequences,
        boolean sharing,
        boolean cutting,
        boolean shifting) {

    /** Whether the sequences draw on a common stock of cells that is too small for all of them to be full. */
    public boolean pooled() {
        return (long) sequences * sequenceCells > cells;
    }

    /**
     * Whether each sequence has cells of its own. llama.cpp then computes sequences together only where their ids follow each other
     * ({@code llama_batch_allocr::split_equal}).
     */
    boolean split() {
        return !sharing && !pooled();
    }

    /** Checks that all numbers are positive. */
    public DecoderLimits {
        if (vocabularySize < 1 || cells < 1 || sequenceCells < 1 || batchSize < 1 || sequences < 1) {
            throw new IllegalArgumentException("a decoder's limits must be positive, got vocabulary " + vocabularySize
                    + ", cells " + cells + ", cells per sequence " + sequenceCells + ", batch " + batchSize
                    + ", sequences " + sequences);
        }
    }
}
