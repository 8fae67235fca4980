package io.github.llamacpp4j.engine;

import java.util.List;

/** Adds the requested bias to each named token, as {@code llama_sampler_logit_bias}. */
record LogitBiasStage(List<LogitBias> biases) implements SamplerStage {

    @Override
    public void apply(Candidates candidates) {
        for (int i = 0; i < biases.size(); i++) {
            add(biases.get(i), candidates);
        }
        candidates.orderChanged();
    }

    private static void add(LogitBias bias, Candidates candidates) {
        float[] logits = candidates.logits();
        if (candidates.tokensAreIndexes()) {
            logits[bias.token()] += bias.bias();
            return;
        }
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.token(i) == bias.token()) {
                logits[i] += bias.bias();
            }
        }
    }
}
