package io.github.llamacpp4j.engine;

/** Picks the first largest logit, as {@code llama_sampler_greedy}, and gives it all the probability. */
final class GreedySelector implements TokenSelector {

    @Override
    public int select(Candidates candidates) {
        int index = candidates.indexOfMaximum();
        candidates.beCertain();
        return index;
    }
}
