package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Backends;
import java.util.Map;

/**
 * The blocks in which llama.cpp adds up a row of attention weights on processors ({@code ggml_vec_soft_max_f32}): as many
 * numbers as a register holds are added in 32 bits, and what comes of each block in 64 bits.
 *
 * @param width how many tokens a block has; a power of two that divides {@link TileLayout#TILE}
 * @param shared whether neighbouring tokens add up to the same wherever in the block they stand, so that several sequences
 *     may have a part of it: true where the upper half of a register is added to the lower half, and so on
 */
record AttentionBlocks(int width, boolean shared) {

    private static final AttentionBlocks AVX512 = new AttentionBlocks(16, true);
    private static final AttentionBlocks AVX2 = new AttentionBlocks(8, true);

    /** Every narrower block divides it, and whoever begins one is alone in it. */
    private static final AttentionBlocks OTHER = new AttentionBlocks(16, false);

    /** Those of the processor backend that is loaded. */
    static AttentionBlocks ofProcessor() {
        return Backends.list().stream()
                .filter(backend -> backend.name().equals("CPU"))
                .findFirst()
                .map(backend -> of(backend.features()))
                .orElse(OTHER);
    }

    static AttentionBlocks of(Map<String, String> features) {
        if (features.getOrDefault("AVX512", "0").equals("1")) {
            return AVX512;
        }
        boolean avx2 = features.getOrDefault("AVX2", "0").equals("1")
                && features.getOrDefault("FMA", "0").equals("1");
        return avx2 ? AVX2 : OTHER;
    }
}
