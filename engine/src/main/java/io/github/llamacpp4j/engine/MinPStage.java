package io.github.llamacpp4j.engine;

/** Keeps tokens of at least {@code p} times the largest probability, as {@code llama_sampler_min_p}. */
record MinPStage(float p, int minKeep) implements SamplerStage {

    @Override
    public void apply(Candidates candidates) {
        float lowest = candidates.maximum() + (float) Math.log(p);
        if (!candidates.isSorted()) {
            if (candidates.keepFrom(lowest, minKeep)) {
                return;
            }
            candidates.sort();
        }
        float[] logits = candidates.logits();
        int kept = 1;
        while (kept < candidates.size() && (logits[kept] >= lowest || kept < minKeep)) {
            kept++;
        }
        candidates.truncate(kept);
    }
}
