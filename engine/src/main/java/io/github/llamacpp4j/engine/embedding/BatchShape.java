package io.github.llamacpp4j.engine.embedding;

import java.util.Optional;

/**
 * How large batches are and how they are laid out.
 *
 * @param tokens the most tokens at once, unless one sequence alone has more
 * @param sequences the most sequences at once
 * @param blocks what sequences must not share if their neighbours are to change nothing; empty if they just follow each
 *     other
 */
record BatchShape(int tokens, int sequences, Optional<AttentionBlocks> blocks) {

    /** Sequences that follow each other. */
    static BatchShape plain(int tokens, int sequences) {
        return new BatchShape(tokens, sequences, Optional.empty());
    }

    /** A layout to be filled. */
    BatchLayout newLayout() {
        return blocks.<BatchLayout>map(found -> new LengthLayout(tokens, found))
                .orElseGet(() -> new PlainLayout(tokens));
    }

    /** How long a batch can be, with its gaps, unless one sequence alone is longer. */
    int size() {
        return blocks.isPresent() ? (Math.ceilDiv(tokens, TileLayout.TILE) + 1) * TileLayout.TILE : tokens;
    }

    /**
     * Whether a batch has gaps that cost as much as tokens do.
     *
     * @param tokens how many tokens it has
     * @param length how many of them the first sequence has
     */
    boolean hasGaps(long tokens, int length) {
        return blocks.isPresent() && LengthLayout.tiled(length) && tokens < TileLayout.TILE - TileLayout.TILE / 8;
    }

    /** How many sequence ids a context needs: one more where gaps are filled. */
    int sequenceIds() {
        return blocks.isPresent() ? sequences + 1 : sequences;
    }
}
