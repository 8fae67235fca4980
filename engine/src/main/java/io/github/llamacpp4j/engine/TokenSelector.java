package io.github.llamacpp4j.engine;

/** The last sampler of a pipeline: picks one candidate and fills in the probabilities it picked by. */
interface TokenSelector {

    /** The index of the candidate picked. */
    int select(Candidates candidates);

    /** Takes note of a token that became part of the sequence. */
    default void accept(int token) {}
}
