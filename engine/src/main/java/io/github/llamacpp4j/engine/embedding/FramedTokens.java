package io.github.llamacpp4j.engine.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tokens that can be cut without losing the special tokens around them, if they have those. Immutable. */
final class FramedTokens {

    private final int[] tokens;
    private final int before;
    private final int after;

    /**
     * @param tokens not to be changed any more
     * @param beginning what stands in front of a text
     * @param ending what stands behind it
     */
    FramedTokens(int[] tokens, int[] beginning, int[] ending) {
        this.tokens = tokens;
        this.before = stands(beginning, tokens, 0) ? beginning.length : 0;
        this.after = stands(ending, tokens, tokens.length - ending.length) ? ending.length : 0;
    }

    private static boolean stands(int[] part, int[] whole, int at) {
        return at >= 0
                && at + part.length <= whole.length
                && Arrays.equals(part, 0, part.length, whole, at, at + part.length);
    }

    /** How many tokens fit between the special ones; none or less if those alone are too many. */
    int room(int maxTokens) {
        return maxTokens - before - after;
    }

    /** The first of them. */
    int[] first(int room) {
        return part(before, before + room);
    }

    /** All of them, in as few parts of about equal length as there must be. */
    List<int[]> parts(int room) {
        int inner = tokens.length - before - after;
        int count = Math.ceilDiv(inner, room);
        List<int[]> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(part(cut(i, count, inner), cut(i + 1, count, inner)));
        }
        return parts;
    }

    private int cut(int index, int count, int inner) {
        return (int) (before + (long) inner * index / count);
    }

    private int[] part(int from, int to) {
        int[] part = new int[before + to - from + after];
        System.arraycopy(tokens, 0, part, 0, before);
        System.arraycopy(tokens, from, part, before, to - from);
        System.arraycopy(tokens, tokens.length - after, part, before + to - from, after);
        return part;
    }
}
