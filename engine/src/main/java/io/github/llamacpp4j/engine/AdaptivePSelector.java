package io.github.llamacpp4j.engine;

/**
 * Draws tokens whose probability lies near a target that adapts to the ones drawn before, as {@code llama_sampler_adaptive_p}:
 * a quadratic peak near the target that turns linear in the tails, and a decaying average of the original probabilities.
 */
final class AdaptivePSelector implements TokenSelector {

    private static final float INVERSE_WIDTH = 1 / 0.3f;
    private static final float PEAK_LOGIT = 5f;
    private static final float SHARPNESS = 10f;

    private final float target;
    private final float decay;
    private final MersenneTwister random;
    private float weightedSum;
    private float totalWeight;
    private int pendingToken = -1;
    private float pendingProbability;

    AdaptivePSelector(float target, float decay, int seed) {
        this.target = target;
        this.decay = decay;
        random = new MersenneTwister(seed);
        totalWeight = 1 / (1 - decay);
        weightedSum = target * totalWeight;
    }

    @Override
    public int select(Candidates candidates) {
        candidates.softmax();
        if (target < 0) {
            return candidates.draw(random);
        }
        float[] original = candidates.scratch();
        System.arraycopy(candidates.probabilities(), 0, original, 0, candidates.size());
        transform(candidates, Math.clamp(2 * target - weightedSum / totalWeight, 0f, 1f));
        candidates.softmax();
        int index = candidates.draw(random);
        pendingToken = candidates.token(index);
        pendingProbability = original[index];
        return index;
    }

    private static void transform(Candidates candidates, float adaptedTarget) {
        float[] logits = candidates.logits();
        float[] probabilities = candidates.probabilities();
        for (int i = 0; i < candidates.size(); i++) {
            if (logits[i] != Float.NEGATIVE_INFINITY) {
                float distance = Math.abs((probabilities[i] - adaptedTarget) * INVERSE_WIDTH);
                logits[i] = PEAK_LOGIT - SHARPNESS * distance * distance / (1 + distance);
            }
        }
        candidates.orderChanged();
    }

    @Override
    public void accept(int token) {
        if (token == pendingToken) {
            weightedSum = pendingProbability + decay * weightedSum;
            totalWeight = 1 + decay * totalWeight;
        }
        pendingToken = -1;
    }
}
