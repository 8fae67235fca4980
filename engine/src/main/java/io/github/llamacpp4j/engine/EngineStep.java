package io.github.llamacpp4j.engine;

/**
 * One decoded batch.
 *
 * @param decodeTokens tokens of sequences that are generating
 * @param prefillTokens tokens of prompts
 * @param activeSequences how many sequences are in work
 * @param queueLength how many requests wait
 * @param usedCells how many cells of the memory are occupied
 * @param decodeNanos how long the model computed
 * @param sampleNanos how long choosing and delivering tokens took
 */
public record EngineStep(
        int decodeTokens,
        int prefillTokens,
        int activeSequences,
        int queueLength,
        int usedCells,
        long decodeNanos,
        long sampleNanos) {}
