package io.github.llamacpp4j.model;

import java.time.Duration;

/**
 * What llama.cpp measured in a sampler chain ({@code llama_perf_sampler_data}). Immutable and thread-safe.
 *
 * @param sampling time spent in the chain; zero unless {@link SamplerBuilder#performanceCounters(boolean)} is on
 * @param tokens how many tokens the chain has remembered, chosen here or told by {@link Sampler#accept(int)}; always counted
 */
public record SamplerCounters(Duration sampling, int tokens) {}
