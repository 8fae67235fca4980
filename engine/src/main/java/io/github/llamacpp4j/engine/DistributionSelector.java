package io.github.llamacpp4j.engine;

/** Draws from the softmax of the logits, as {@code llama_sampler_dist}. */
final class DistributionSelector implements TokenSelector {

    private final MersenneTwister random;

    DistributionSelector(int seed) {
        random = new MersenneTwister(seed);
    }

    @Override
    public int select(Candidates candidates) {
        double draw = random.nextDouble();
        float largest = candidates.maximum();
        int size = candidates.size();
        float[] logits = candidates.logits();
        float[] probabilities = candidates.probabilities();
        double sum = 0;
        for (int i = 0; i < size; i++) {
            float p = FloatExp.exp(logits[i] - largest);
            probabilities[i] = p;
            sum += p;
        }
        int index = firstReaching(probabilities, size, sum * draw);
        for (int i = 0; i < size; i++) {
            probabilities[i] = (float) (probabilities[i] / sum);
        }
        return index;
    }

    private static int firstReaching(float[] weights, int size, double target) {
        double running = 0;
        int last = 0;
        for (int i = 0; i < size; i++) {
            if (weights[i] > 0) {
                running += weights[i];
                last = i;
                if (running >= target) {
                    return i;
                }
            }
        }
        return last;
    }
}
