package io.github.llamacpp4j.engine;

/**
 * Is told what an engine does, in counts and nanoseconds. All methods do nothing unless overridden.
 *
 * <p>Called by the engine's thread, {@link #queued} and {@link #rejected} by the caller's, {@link #stuck} by a thread of its own:
 * implementations are thread-safe and return quickly. What they throw is logged once and
 * otherwise ignored.
 */
public interface EngineListener {

    /** A request enters the queue, which now holds {@code queueLength}. Nothing is told about a request before this. */
    default void queued(long requestId, String caller, int queueLength) {}

    /** A request was refused because the queue is full. */
    default void rejected(String caller, int queueLength) {}

    /** A request left the queue after {@code queuedNanos}; {@code cachedTokens} of its prompt need no work. */
    default void admitted(long requestId, String caller, int promptTokens, int cachedTokens, long queuedNanos) {}

    /** {@code tokens} of a prompt were decoded and {@code remainingTokens} are left. */
    default void prefilled(long requestId, int tokens, int remainingTokens) {}

    /** The first token came {@code nanos} after submission. */
    default void firstToken(long requestId, long nanos) {}

    /** A further token came {@code nanos} after the one before. */
    default void nextToken(long requestId, long nanos) {}

    /** A batch was decoded. */
    default void stepped(EngineStep step) {}

    /** A request ended by itself or was cancelled. */
    default void finished(long requestId, String caller, FinishedEvent end) {}

    /** A request failed. */
    default void failed(long requestId, String caller, Throwable cause) {}

    /** A finished sequence was dropped from the memory, which freed {@code cells}. */
    default void evicted(int cells) {}

    /** A running request lost its {@code cells} to older ones and will be computed anew. */
    default void preempted(long requestId, int cells) {}

    /** {@code drafted} tokens were guessed and {@code accepted} of them right. */
    default void speculated(long requestId, int drafted, int accepted) {}

    /** A step has been running for {@code nanos}, longer than it should. */
    default void stuck(long nanos) {}
}
