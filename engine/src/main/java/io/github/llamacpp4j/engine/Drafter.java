package io.github.llamacpp4j.engine;

/** Guesses tokens that may follow a sequence, to be checked together in one batch. Called by the engine's thread. */
@FunctionalInterface
interface Drafter {

    /** A drafter that never guesses. */
    Drafter NONE = (sequence, room) -> new int[0];

    /** At most {@code room} guesses at what follows the sequence's tokens. */
    int[] draft(Sequence sequence, int room);
}
