package io.github.llamacpp4j.engine;

/**
 * A token and the logarithm of the probability that the model gave it, before any sampler.
 *
 * @param token the token
 * @param logprob the natural logarithm of its probability
 */
public record TokenLogprob(int token, double logprob) {}
