package io.github.llamacpp4j.engine;

/**
 * Penalises tokens that would extend a repetition, as {@code llama_sampler_dry}.
 *
 * <p>The lengths of the suffixes of the text that also occur earlier in it come from the Z-algorithm run backwards, capped at
 * the distance to the last sequence breaker. A token that followed such an earlier occurrence would prolong the repetition;
 * its logit sinks exponentially in the length of the longest one.
 */
final class DryStage implements SamplerStage {

    private static final float LOG_OF_LARGEST_FLOAT = 88.72284f;

    private final float multiplier;
    private final float base;
    private final int allowedLength;
    private final int largestExponent;
    private final DryBreakers breakers;
    private final TokenRing recent;
    private final int[] repeatLengths;

    /** For each token one more than the length of the longest repetition it would extend. */
    private final IntIntMap longestRepeat;

    DryStage(float multiplier, float base, int allowedLength, int lastTokens, DryBreakers breakers) {
        this.multiplier = multiplier;
        this.base = base;
        this.allowedLength = allowedLength;
        this.breakers = breakers;
        largestExponent = base > 1.000001f ? (int) (LOG_OF_LARGEST_FLOAT / Math.log(base)) : 0;
        recent = new TokenRing(lastTokens);
        repeatLengths = new int[lastTokens];
        longestRepeat = new IntIntMap(64);
    }

    @Override
    public void accept(int token) {
        recent.add(token);
    }

    @Override
    public void apply(Candidates candidates) {
        if (recent.size() <= allowedLength) {
            return;
        }
        int limit = breakers.distance(recent);
        if (limit < allowedLength) {
            return;
        }
        measureRepeats(limit);
        findExtendingTokens();
        penalise(candidates);
        candidates.orderChanged();
    }

    /** {@code repeatLengths[k]}: how many of the newest tokens also stand in the text {@code k} tokens earlier. */
    private void measureRepeats(int limit) {
        int size = recent.size();
        int left = 0;
        int right = 0;
        for (int k = 1; k < size; k++) {
            int length;
            if (k > right) {
                length = commonLength(0, k);
                if (length > 0) {
                    left = k;
                    right = k + length - 1;
                }
            } else if (repeatLengths[k - left] < right - k + 1) {
                length = repeatLengths[k - left];
            } else {
                length = right + 1 - k + commonLength(right + 1 - k, right + 1);
                left = k;
                right = k + length - 1;
            }
            repeatLengths[k] = Math.min(length, limit);
        }
    }

    private int commonLength(int from, int earlierFrom) {
        int length = 0;
        while (earlierFrom + length < recent.size()
                && recent.recent(from + length) == recent.recent(earlierFrom + length)) {
            length++;
        }
        return length;
    }

    private void findExtendingTokens() {
        longestRepeat.clear();
        for (int k = 1; k < recent.size(); k++) {
            int length = repeatLengths[k];
            if (length >= allowedLength) {
                int next = recent.recent(k - 1);
                longestRepeat.put(next, Math.max(longestRepeat.get(next), length + 1));
            }
        }
    }

    private void penalise(Candidates candidates) {
        float[] logits = candidates.logits();
        if (candidates.tokensAreIndexes()) {
            for (int slot = 0; slot < longestRepeat.slots(); slot++) {
                if (longestRepeat.valueAt(slot) != IntIntMap.ABSENT) {
                    int token = longestRepeat.keyAt(slot);
                    logits[token] -= penalty(token, longestRepeat.valueAt(slot) - 1);
                }
            }
        } else {
            for (int i = 0; i < candidates.size(); i++) {
                int lengthPlusOne = longestRepeat.get(candidates.token(i));
                if (lengthPlusOne != IntIntMap.ABSENT) {
                    logits[i] -= penalty(candidates.token(i), lengthPlusOne - 1);
                }
            }
        }
    }

    private float penalty(int token, int length) {
        if (breakers.isBreaker(token)) {
            return 0f;
        }
        int exponent = length - allowedLength;
        if (largestExponent > 0) {
            exponent = Math.min(exponent, largestExponent);
        }
        return multiplier * (float) Math.pow(base, exponent);
    }
}
