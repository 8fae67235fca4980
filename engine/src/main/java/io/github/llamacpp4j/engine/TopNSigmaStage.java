package io.github.llamacpp4j.engine;

/** Excludes logits more than {@code n} standard deviations below the largest, as {@code llama_sampler_top_n_sigma}. */
record TopNSigmaStage(float n) implements SamplerStage {

    @Override
    public void apply(Candidates candidates) {
        int size = candidates.size();
        if (size <= 1) {
            return;
        }
        float maximum = candidates.maximum();
        float[] logits = candidates.logits();
        float sum = 0f;
        int valid = 0;
        for (int i = 0; i < size; i++) {
            if (logits[i] != Float.NEGATIVE_INFINITY) {
                sum += logits[i];
                valid++;
            }
        }
        float mean = sum / valid;
        float squares = 0f;
        for (int i = 0; i < size; i++) {
            if (logits[i] != Float.NEGATIVE_INFINITY) {
                float distance = logits[i] - mean;
                squares += distance * distance;
            }
        }
        float lowest = maximum - n * (float) Math.sqrt(squares / valid);
        for (int i = 0; i < size; i++) {
            if (logits[i] < lowest) {
                logits[i] = Float.NEGATIVE_INFINITY;
            }
        }
        candidates.valuesChanged();
    }
}
