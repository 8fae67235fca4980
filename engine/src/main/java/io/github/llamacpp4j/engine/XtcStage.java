package io.github.llamacpp4j.engine;

/**
 * With a given probability drops all but the least likely of the tokens above a threshold ("exclude top choices"), as
 * {@code llama_sampler_xtc}.
 */
final class XtcStage implements SamplerStage {

    private final float probability;
    private final float threshold;
    private final int minKeep;
    private final MersenneTwister random;

    XtcStage(float probability, float threshold, int minKeep, int seed) {
        this.probability = probability;
        this.threshold = threshold;
        this.minKeep = minKeep;
        random = new MersenneTwister(seed);
    }

    @Override
    public void apply(Candidates candidates) {
        if (candidates.size() < 2 || random.nextFloat() > probability) {
            return;
        }
        candidates.sort();
        candidates.softmax();
        float[] probabilities = candidates.probabilities();
        int above = 0;
        while (above < candidates.size() && probabilities[above] >= threshold) {
            above++;
        }
        int dropped = above - 1;
        if (dropped > 0 && candidates.size() - dropped >= minKeep) {
            candidates.dropFirst(dropped);
        }
    }
}
