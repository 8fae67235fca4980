package io.github.llamacpp4j.engine;

import java.util.List;

/** Guesses tokens that may follow a sequence, to be checked together in one batch. Called by the engine's thread. */
@FunctionalInterface
interface Drafter extends AutoCloseable {

    /** No guesses. */
    int[] NOTHING = {};

    /** A drafter that never guesses. */
    Drafter NONE = (sequence, room) -> NOTHING;

    /**
     * A sequence that is about to yield a token, and how many guesses it wants at most.
     *
     * @param sequence the sequence
     * @param most at least 1
     */
    record Wish(Sequence sequence, int most) {}

    /** Thinks ahead for all sequences of a step together; the guesses are fetched afterwards. */
    default void prepare(List<Wish> wishes) {}

    /** At most {@code most} guesses at what follows the sequence's tokens. */
    int[] draft(Sequence sequence, int most);

    /** Makes {@link #prepare} in another thread return soon. Thread-safe. */
    default void abort() {}

    /** Frees what this drafter holds. */
    @Override
    default void close() {}
}
