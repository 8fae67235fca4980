package io.github.llamacpp4j.cli;

import java.util.OptionalDouble;

/** What a benchmark puts under load. Thread-safe. */
interface LoadTarget extends AutoCloseable {

    /** What it is called in the results. */
    String name();

    /**
     * Sends a request and waits for its end.
     *
     * @param onPiece run at each piece of the answer that comes
     */
    LoadReply send(LoadRequest request, Runnable onPiece);

    /** How many tokens a batch had on average since the last call, if that can be known. */
    OptionalDouble averageBatch();

    /** Tokens per second of steps with one token of each of {@code sequences} and no prompt since the last call, if that can be known. */
    OptionalDouble decodeSpeed(int sequences);

    @Override
    void close();
}
