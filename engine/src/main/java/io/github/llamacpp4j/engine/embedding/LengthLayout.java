package io.github.llamacpp4j.engine.embedding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Places sequences by their length, so that each gets the same numbers whatever stands beside it: very short ones follow each
 * other in a batch below a tile, others stand in a {@link TileLayout}. They never share a batch.
 *
 * <p>Below a tile llama.cpp takes the keys of each token one by one and skips those of others. That is slower for each pair
 * of tokens, and what very short sequences need: they have few pairs, and one alone does not fill a tile.
 */
final class LengthLayout implements BatchLayout {

    /** From this length on a tile that is filled up costs less than pairs of tokens one by one; measured with BERT. */
    static final int TILED_LENGTH = 12;

    /** One row alone would be multiplied by another function of llama.cpp, with other sums. */
    private static final int FEWEST_TOKENS = 2;

    private final int capacity;
    private final AttentionBlocks blocks;
    private @Nullable BatchLayout layout;
    private boolean tiled;

    /**
     * @param capacity the most tokens in tiles, unless the first sequence alone has more
     * @param blocks what adds up in one go
     */
    LengthLayout(int capacity, AttentionBlocks blocks) {
        this.capacity = capacity;
        this.blocks = blocks;
    }

    /** Whether a sequence stands in tiles. */
    static boolean tiled(int length) {
        return length >= TILED_LENGTH;
    }

    @Override
    public boolean add(int length) {
        if (layout == null) {
            tiled = tiled(length);
            layout = tiled ? new TileLayout(capacity, blocks) : new PlainLayout(TileLayout.TILE - 1);
        }
        return tiled(length) == tiled && layout.add(length);
    }

    @Override
    public int size() {
        return layout == null ? 0 : Math.max(FEWEST_TOKENS, layout.size());
    }

    @Override
    public List<int[]> places() {
        return layout == null ? List.of() : layout.places();
    }
}
