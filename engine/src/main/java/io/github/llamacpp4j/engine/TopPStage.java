package io.github.llamacpp4j.engine;

/** Keeps the smallest set of tokens whose probabilities reach {@code p}, as {@code llama_sampler_top_p}. */
record TopPStage(float p, int minKeep) implements SamplerStage {

    /** The set is nearly always small: try this many before sorting the whole vocabulary. */
    private static final int FIRST_TRY = 256;

    @Override
    public void apply(Candidates candidates) {
        candidates.softmax();
        if (candidates.isSorted()) {
            candidates.truncate(sortedCount(candidates));
            return;
        }
        int count = rankedCount(candidates, Math.min(FIRST_TRY, candidates.size()));
        if (count < 0) {
            count = rankedCount(candidates, candidates.size());
        }
        candidates.keepRanked(count < 0 ? candidates.size() : count);
        candidates.sortedNow();
    }

    private int sortedCount(Candidates candidates) {
        float[] probabilities = candidates.probabilities();
        float sum = 0f;
        for (int i = 0; i < candidates.size(); i++) {
            sum += probabilities[i];
            if (sum >= p && i + 1 >= minKeep) {
                return i + 1;
            }
        }
        return candidates.size();
    }

    /** How many of the {@code tried} most likely tokens are enough, or -1 if even all of them are not. */
    private int rankedCount(Candidates candidates, int tried) {
        candidates.rankLargest(tried);
        float[] probabilities = candidates.probabilities();
        float sum = 0f;
        for (int rank = 0; rank < tried; rank++) {
            sum += probabilities[candidates.ranked(rank)];
            if (sum >= p && rank + 1 >= minKeep) {
                return rank + 1;
            }
        }
        return -1;
    }
}
