package io.github.llamacpp4j.engine;

/**
 * Keeps the surprise of the text near a target (Basu et al., 2020): version 1 as {@code llama_sampler_mirostat} with
 * {@code m = 100}, version 2 as {@code llama_sampler_mirostat_v2}.
 */
final class MirostatSelector implements TokenSelector {

    private static final int ESTIMATED_FROM = 100;
    private static final double LOG_2 = Math.log(2);

    private final Mirostat version;
    private final int vocabularySize;
    private final float tau;
    private final float eta;
    private final MersenneTwister random;
    private float mu;

    MirostatSelector(Mirostat version, int vocabularySize, float tau, float eta, int seed) {
        this.version = version;
        this.vocabularySize = vocabularySize;
        this.tau = tau;
        this.eta = eta;
        random = new MersenneTwister(seed);
        mu = 2 * tau;
    }

    @Override
    public int select(Candidates candidates) {
        candidates.sort();
        candidates.softmax();
        candidates.truncate(version == Mirostat.V1 ? countByShape(candidates) : countBySurprise(candidates));
        candidates.softmax();
        int index = candidates.draw(random);
        float surprise = surprise(candidates.probability(index));
        mu -= eta * (surprise - tau);
        return index;
    }

    private int countByShape(Candidates candidates) {
        float[] probabilities = candidates.probabilities();
        float products = 0f;
        float squares = 0f;
        for (int i = 0; i < ESTIMATED_FROM - 1 && i < candidates.size() - 1 && probabilities[i + 1] > 0; i++) {
            float t = (float) Math.log((float) (i + 2) / (i + 1));
            float b = (float) Math.log(probabilities[i] / probabilities[i + 1]);
            products += t * b;
            squares += t * t;
        }
        if (squares == 0f) {
            return 1;
        }
        float slope = products / squares;
        float epsilon = slope - 1;
        double k = Math.pow(epsilon * Math.pow(2, mu) / (1 - Math.pow(vocabularySize, -epsilon)), 1 / (double) slope);
        return Math.clamp((long) k, 1, candidates.size());
    }

    private int countBySurprise(Candidates candidates) {
        int count = 0;
        while (count < candidates.size() && surprise(candidates.probability(count)) <= mu) {
            count++;
        }
        return Math.max(count, 1);
    }

    private static float surprise(float probability) {
        return (float) (-Math.log(probability) / LOG_2);
    }
}
