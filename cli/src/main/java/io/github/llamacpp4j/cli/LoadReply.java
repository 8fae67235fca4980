package io.github.llamacpp4j.cli;

import java.util.List;

/**
 * What came of a {@link LoadRequest}. Times are those of {@link System#nanoTime}.
 *
 * @param promptTokens the length of the prompt, 0 if not known
 * @param cachedTokens how much of it was in the memory already, 0 if not known
 * @param tokens how many tokens were generated
 * @param startNanos when it was sent
 * @param arrivalNanos when its pieces came, at least one
 * @param endNanos when it ended
 */
record LoadReply(
        int promptTokens, int cachedTokens, int tokens, long startNanos, List<Long> arrivalNanos, long endNanos) {

    double firstTokenSeconds() {
        return (arrivalNanos.getFirst() - startNanos) / 1e9;
    }

    double seconds() {
        return (endNanos - startNanos) / 1e9;
    }

    double tokensPerSecond() {
        return tokens / seconds();
    }

    /** The speed from the first token to the last. */
    double generationSpeed() {
        return (tokens - 1) * 1e9 / Math.max(1, arrivalNanos.getLast() - arrivalNanos.getFirst());
    }

    /** The longest time between two pieces of which at least one came within a span of time. */
    double longestGapSeconds(long fromNanos, long toNanos) {
        long longest = 0;
        for (int i = 1; i < arrivalNanos.size(); i++) {
            long before = arrivalNanos.get(i - 1);
            long after = arrivalNanos.get(i);
            if (after - fromNanos >= 0 && toNanos - before >= 0) {
                longest = Math.max(longest, after - before);
            }
        }
        return longest / 1e9;
    }
}
