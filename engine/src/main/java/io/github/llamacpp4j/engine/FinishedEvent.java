package io.github.llamacpp4j.engine;

/**
 * The end of a generation.
 *
 * @param text text that had been held back
 * @param reason why it ended
 * @param seed the seed of the draws
 * @param usage what was used
 * @param timings how long it took
 */
public record FinishedEvent(String text, FinishReason reason, long seed, Usage usage, Timings timings)
        implements GenerationEvent {}
