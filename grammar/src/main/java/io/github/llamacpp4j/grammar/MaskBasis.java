package io.github.llamacpp4j.grammar;

/**
 * What a place inside a rule says about the vocabulary without knowing the caller: tokens that fit in any case, and
 * tokens that leave the rule and so depend on the caller, in the order of their texts.
 *
 * @param accepted bits of the tokens that fit
 * @param uncertain ids of the tokens that depend on the caller
 * @param shared how many leading bytes {@code uncertain[i]} has in common with {@code uncertain[i - 1]}
 */
@SuppressWarnings("ArrayRecordComponent")
record MaskBasis(long[] accepted, int[] uncertain, int[] shared) {}
