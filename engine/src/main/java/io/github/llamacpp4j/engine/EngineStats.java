package io.github.llamacpp4j.engine;

/**
 * What an engine is doing and has done.
 *
 * @param queueLength how many requests wait
 * @param activeSequences how many sequences are in work
 * @param retainedSequences how many finished sequences are kept for their prefixes
 * @param usedCells how many cells of the memory are occupied
 * @param cells how many cells the memory has
 * @param steps how many batches were decoded
 * @param promptTokens how many prompt tokens were decoded
 * @param cachedTokens how many prompt tokens needed no work
 * @param generatedTokens how many tokens were generated
 * @param evictions how many finished sequences were dropped
 * @param preemptions how often a running request lost its cells
 * @param draftedTokens how many tokens were guessed
 * @param acceptedDraftTokens how many guesses were right
 */
public record EngineStats(
        int queueLength,
        int activeSequences,
        int retainedSequences,
        int usedCells,
        int cells,
        long steps,
        long promptTokens,
        long cachedTokens,
        long generatedTokens,
        long evictions,
        long preemptions,
        long draftedTokens,
        long acceptedDraftTokens) {}
