package io.github.llamacpp4j.engine;

import java.time.Duration;

/**
 * How long a request took.
 *
 * @param queued from submission to admission
 * @param prompt from admission to the first token
 * @param generation from the first token to the last
 * @param firstToken from submission to the first token
 * @param total from submission to the end
 */
public record Timings(Duration queued, Duration prompt, Duration generation, Duration firstToken, Duration total) {}
