package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.List;

/** Turns a row of raw logits into log probabilities, of the most likely tokens at once and of the chosen one when it is known. */
final class LogprobReader {

    private final float[] raw;
    private double logOfSum;
    private List<TokenLogprob> top = List.of();

    LogprobReader(int vocabularySize) {
        raw = new float[vocabularySize];
    }

    /** Takes a row on which no sampler has worked yet. */
    void read(Candidates candidates, int count) {
        System.arraycopy(candidates.logits(), 0, raw, 0, raw.length);
        float largest = candidates.maximum();
        double sum = 0;
        for (float logit : raw) {
            sum += FloatExp.exp(logit - largest);
        }
        logOfSum = largest + Math.log(sum);
        int ranks = Math.min(count, raw.length);
        top = new ArrayList<>(ranks);
        if (ranks > 0) {
            candidates.rankLargest(ranks);
        }
        for (int rank = 0; rank < ranks; rank++) {
            top.add(logprob(candidates.ranked(rank)));
        }
    }

    /** The log probabilities of the row read last, with the token chosen from it. */
    TokenLogprobs choose(int token) {
        return new TokenLogprobs(logprob(token), top);
    }

    private TokenLogprob logprob(int token) {
        return new TokenLogprob(token, raw[token] - logOfSum);
    }
}
