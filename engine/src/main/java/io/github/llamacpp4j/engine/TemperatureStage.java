package io.github.llamacpp4j.engine;

/**
 * Divides logits by a temperature that may follow the entropy of the distribution, as {@code llama_sampler_temp_ext}. At zero or
 * below only the first largest logit stays.
 */
record TemperatureStage(float temperature, float range, float exponent) implements SamplerStage {

    @Override
    public void apply(Candidates candidates) {
        if (range <= 0) {
            scale(candidates, temperature);
        } else if (candidates.size() > 1) {
            scale(candidates, dynamicTemperature(candidates));
        }
    }

    private float dynamicTemperature(Candidates candidates) {
        candidates.sort();
        candidates.softmax();
        float[] probabilities = candidates.probabilities();
        float entropy = 0f;
        for (int i = 0; i < candidates.size(); i++) {
            if (probabilities[i] > 0) {
                entropy -= probabilities[i] * (float) Math.log(probabilities[i]);
            }
        }
        float largestEntropy = (float) Math.log(candidates.size());
        float lowest = Math.max(0f, temperature - range);
        float highest = temperature + range;
        return lowest + (highest - lowest) * (float) Math.pow(entropy / largestEntropy, exponent);
    }

    private static void scale(Candidates candidates, float temperature) {
        float[] logits = candidates.logits();
        int size = candidates.size();
        if (temperature <= 0) {
            int largest = candidates.indexOfMaximum();
            for (int i = 0; i < size; i++) {
                if (i != largest) {
                    logits[i] = Float.NEGATIVE_INFINITY;
                }
            }
        } else {
            float shift = Float.isInfinite(candidates.maximum() / temperature) ? candidates.maximum() : 0f;
            for (int i = 0; i < size; i++) {
                logits[i] = (logits[i] - shift) / temperature;
            }
        }
        candidates.valuesChanged();
    }
}
