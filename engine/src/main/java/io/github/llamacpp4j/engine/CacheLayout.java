package io.github.llamacpp4j.engine;

/** How the sequences of an engine divide the cells of its context among them ({@code kv_unified} of llama.cpp). */
public enum CacheLayout {
    /** All take their cells from one stock: any of them may use the whole context, and a beginning that several share takes room once. */
    UNIFIED,
    /**
     * Each has its part of the context to itself, {@code contextSize / parallelSequences} tokens. Many sequences at the same time are
     * faster, because no token looks at the cells of others. A beginning that several share is copied, and nothing can be pinned.
     */
    SPLIT,
    /** {@link #SPLIT} where each part has at least {@value #ROOMY} tokens, else {@link #UNIFIED}. */
    SPLIT_IF_ROOMY;

    /** How many tokens a part must have for {@link #SPLIT_IF_ROOMY}. */
    public static final int ROOMY = 2048;

    boolean isUnified(int contextSize, int sequences) {
        return this == UNIFIED || (this == SPLIT_IF_ROOMY && contextSize / sequences < ROOMY);
    }
}
