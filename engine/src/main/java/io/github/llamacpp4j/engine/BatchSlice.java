package io.github.llamacpp4j.engine;

/**
 * The part of a batch that belongs to one sequence: pending tokens, then guesses at what follows them.
 *
 * @param sequence the sequence
 * @param branch its place in the memory
 * @param batchIndex where in the batch the part begins
 * @param tokens how many pending tokens it has
 * @param drafted how many guessed tokens come behind them
 * @param wantsLogits whether it ends a sequence's pending tokens and the next one is wanted
 */
record BatchSlice(Sequence sequence, Branch branch, int batchIndex, int tokens, int drafted, boolean wantsLogits) {}
