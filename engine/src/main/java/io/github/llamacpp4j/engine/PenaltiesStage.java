package io.github.llamacpp4j.engine;

/** Makes recent tokens less likely, as {@code llama_sampler_penalties}. */
final class PenaltiesStage implements SamplerStage {

    private final float repeat;
    private final float frequency;
    private final float presence;
    private final TokenRing recent;
    private final IntIntMap counts;

    PenaltiesStage(int lastTokens, float repeat, float frequency, float presence) {
        this.repeat = repeat;
        this.frequency = frequency;
        this.presence = presence;
        recent = new TokenRing(lastTokens);
        counts = new IntIntMap(lastTokens);
    }

    @Override
    public void accept(int token) {
        counts.put(token, counts.get(token) + 1);
        if (recent.isFull()) {
            forget(recent.oldest());
        }
        recent.add(token);
    }

    private void forget(int token) {
        int count = counts.get(token);
        if (count == 1) {
            counts.remove(token);
        } else {
            counts.put(token, count - 1);
        }
    }

    @Override
    public void apply(Candidates candidates) {
        if (candidates.tokensAreIndexes()) {
            for (int slot = 0; slot < counts.slots(); slot++) {
                if (counts.valueAt(slot) != IntIntMap.ABSENT) {
                    penalise(candidates.logits(), counts.keyAt(slot), counts.valueAt(slot));
                }
            }
        } else {
            for (int i = 0; i < candidates.size(); i++) {
                int count = counts.get(candidates.token(i));
                if (count != IntIntMap.ABSENT) {
                    penalise(candidates.logits(), i, count);
                }
            }
        }
        candidates.orderChanged();
    }

    private void penalise(float[] logits, int index, int count) {
        float logit = logits[index];
        logit = logit <= 0 ? logit * repeat : logit / repeat;
        logits[index] = logit - (count * frequency + presence);
    }
}
