package io.github.llamacpp4j.server;

import tools.jackson.databind.JsonNode;

/** Tells how long an answer has taken so far, as seen from outside the engine. Used by one thread. */
final class StreamClock {

    private static final double NANOS_PER_MILLI = 1e6;

    private final int promptTokens;
    private final long start = System.nanoTime();
    private long firstToken;

    StreamClock(int promptTokens) {
        this.promptTokens = promptTokens;
    }

    /** Something has come. */
    void event() {
        if (firstToken == 0) {
            firstToken = System.nanoTime();
        }
    }

    /** The object {@code timings} of an answer of so many tokens so far. */
    JsonNode timings(int tokens) {
        return Measures.timings(
                promptTokens,
                (firstToken - start) / NANOS_PER_MILLI,
                tokens,
                (System.nanoTime() - firstToken) / NANOS_PER_MILLI);
    }
}
