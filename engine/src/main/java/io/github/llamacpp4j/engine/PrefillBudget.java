package io.github.llamacpp4j.engine;

/**
 * How many prompt tokens a step may take. A step is assumed to cost a fixed part and a part per prompt token, both measured as it
 * goes and averaged with exponentially fading weights; the budget is what fits the target time.
 */
final class PrefillBudget {

    private static final int SMALLEST = 16;
    private static final int FIRST_GUESS = 64;

    /**
     * What llama.cpp computes at once unless told otherwise: a prompt that is alone is cut where llama.cpp would cut it, so that
     * its logits are the same to the last bit.
     */
    private static final int LARGEST_ALONE = 512;

    /**
     * Attention on processors is computed in tiles of this many rows: a few more cost another tile, and a few less save little. A
     * tile reads each cell that one of its rows needs for all of them; with fewer rows than a tile each row reads its own only, at a
     * higher price per cell ({@code ggml_compute_forward_flash_attn_ext}).
     */
    private static final int TILE = 64;

    /** Where this many tiles fit the target time, the number of steps matters more than what attention reads in vain. */
    private static final int TILES_OF_FAST_MACHINE = 8;

    /**
     * Where each sequence has cells of its own, one token of a prompt is computed together with the next ones of the others, and
     * the rest by itself.
     */
    private static final int ROWS_BEFORE_SPLIT_PROMPT = -1;

    private static final double WEIGHT = 0.25;

    private final boolean split;
    private final long targetNanos;
    private final long soloTargetNanos;
    private double nanosPerToken;
    private double nanosPerStep;

    PrefillBudget(EngineOptions options, boolean split) {
        this.split = split;
        targetNanos = Nanos.of(options.prefillTargetTime());
        soloTargetNanos = Nanos.of(options.soloPrefillTargetTime());
    }

    /**
     * The budget beside {@code decodeTokens} tokens of generating sequences.
     *
     * @param crowded whether the batch has rows of several sequences, and tiles would read too many cells for nothing
     */
    int tokens(int decodeTokens, boolean crowded) {
        int tokens = tokens(decodeTokens);
        int belowTile = TILE - 1 - decodeTokens;
        boolean fast = nanosPerToken > 0 && targetNanos / nanosPerToken >= TILES_OF_FAST_MACHINE * TILE;
        return crowded && !fast && belowTile >= SMALLEST ? Math.min(tokens, belowTile) : tokens;
    }

    private int tokens(int decodeTokens) {
        if (nanosPerToken <= 0) {
            return decodeTokens == 0 ? LARGEST_ALONE : FIRST_GUESS;
        }
        return decodeTokens == 0
                ? Math.min(LARGEST_ALONE, fitting((double) soloTargetNanos, 0))
                : fitting(targetNanos - nanosPerStep, split ? ROWS_BEFORE_SPLIT_PROMPT : decodeTokens);
    }

    private int fitting(double nanos, int decodeTokens) {
        int tokens = (int) Math.min(nanos / nanosPerToken, Integer.MAX_VALUE - 2.0 * TILE);
        int rows = tokens + decodeTokens;
        int tiles = (rows + TILE / 3) / TILE;
        boolean nearlyWhole = Math.abs(rows - tiles * TILE) <= TILE / 3;
        return nearlyWhole && tiles * TILE > Math.max(decodeTokens, 0)
                ? tiles * TILE - decodeTokens
                : Math.max(SMALLEST, tokens / SMALLEST * SMALLEST);
    }

    /** Learns from a step. */
    void measured(int decodeTokens, int prefillTokens, long nanos) {
        if (prefillTokens == 0 && decodeTokens > 0) {
            nanosPerStep = blend(nanosPerStep, (double) nanos);
        } else if (prefillTokens >= SMALLEST / 2) {
            double own = decodeTokens > 0 ? Math.max(nanos - nanosPerStep, nanos * 0.1) : (double) nanos;
            nanosPerToken = blend(nanosPerToken, own / prefillTokens);
        }
    }

    private static double blend(double average, double value) {
        return average <= 0 ? value : average + WEIGHT * (value - average);
    }
}
