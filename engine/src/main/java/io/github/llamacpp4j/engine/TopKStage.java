package io.github.llamacpp4j.engine;

/** Keeps the {@code k} largest logits, as {@code llama_sampler_top_k}; among equal ones the lowest tokens. */
record TopKStage(int k) implements SamplerStage {

    @Override
    public void apply(Candidates candidates) {
        candidates.keepLargest(k);
    }
}
