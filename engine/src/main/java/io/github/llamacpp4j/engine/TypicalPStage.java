package io.github.llamacpp4j.engine;

/**
 * Keeps the tokens whose information lies closest to the entropy of the distribution (Meister et al., 2022), as
 * {@code llama_sampler_typical}.
 */
record TypicalPStage(float p, int minKeep) implements SamplerStage {

    @Override
    public void apply(Candidates candidates) {
        candidates.sort();
        candidates.softmax();
        int size = candidates.size();
        float[] probabilities = candidates.probabilities();
        float[] scores = candidates.scratch();
        float entropy = 0f;
        for (int i = 0; i < size; i++) {
            if (probabilities[i] > 0) {
                entropy -= probabilities[i] * (float) Math.log(probabilities[i]);
            }
        }
        for (int i = 0; i < size; i++) {
            scores[i] = Math.abs((float) -Math.log(probabilities[i]) - entropy);
        }
        candidates.sortByScore(scores);
        candidates.keepRanked(typicalCount(candidates));
    }

    private int typicalCount(Candidates candidates) {
        float[] probabilities = candidates.probabilities();
        float sum = 0f;
        for (int rank = 0; rank < candidates.size(); rank++) {
            sum += probabilities[candidates.ranked(rank)];
            if (sum > p && rank >= minKeep - 1) {
                return rank + 1;
            }
        }
        return candidates.size();
    }
}
