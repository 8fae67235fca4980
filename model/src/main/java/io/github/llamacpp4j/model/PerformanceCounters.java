package io.github.llamacpp4j.model;

import java.time.Duration;

/**
 * What llama.cpp measured in a context ({@code llama_perf_context_data}); all zero unless
 * {@link ContextOptions.Builder#performanceCounters(boolean)} is on. Immutable and thread-safe.
 *
 * @param load time to load the model
 * @param promptEvaluation time spent on batches of more than one token
 * @param evaluation time spent on single tokens
 * @param promptTokens tokens in batches of more than one
 * @param tokens tokens computed one by one
 * @param reusedGraphs how often a compute graph was used again
 */
public record PerformanceCounters(
        Duration load,
        Duration promptEvaluation,
        Duration evaluation,
        int promptTokens,
        int tokens,
        int reusedGraphs) {}
