package io.github.llamacpp4j.engine;

import java.util.Arrays;

/**
 * Guesses that what followed the last few tokens earlier in the text follows them again ("prompt lookup"): costs nothing and pays
 * where the answer repeats parts of the prompt.
 */
final class NgramDrafter implements Drafter {

    private static final int LONGEST_NGRAM = 4;
    private static final int SHORTEST_NGRAM = 2;
    private static final int FARTHEST_LOOK_BACK = 8192;

    @Override
    public int[] draft(Sequence sequence, int most) {
        TokenList tokens = sequence.tokens();
        for (int length = LONGEST_NGRAM; length >= SHORTEST_NGRAM; length--) {
            int found = lastOccurrence(tokens, length);
            if (found >= 0) {
                int from = found + length;
                return Arrays.copyOfRange(tokens.array(), from, Math.min(from + most, tokens.size()));
            }
        }
        return NOTHING;
    }

    /** Where the last {@code length} tokens stood before, or -1. */
    private static int lastOccurrence(TokenList tokens, int length) {
        int end = tokens.size() - length;
        int[] array = tokens.array();
        for (int start = end - 1; start >= Math.max(0, end - FARTHEST_LOOK_BACK); start--) {
            if (Arrays.equals(array, start, start + length, array, end, tokens.size())) {
                return start;
            }
        }
        return -1;
    }
}
