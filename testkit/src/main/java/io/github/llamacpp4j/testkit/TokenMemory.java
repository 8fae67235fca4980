package io.github.llamacpp4j.testkit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The tokens of sequences. Not thread-safe. */
final class TokenMemory {

    private final Map<Integer, int[]> sequences = new HashMap<>();

    int[] tokens(int sequence) {
        return sequences.getOrDefault(sequence, new int[0]);
    }

    void add(int sequence, int token) {
        int[] before = tokens(sequence);
        int[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = token;
        sequences.put(sequence, after);
    }

    void set(int sequence, int[] tokens) {
        sequences.put(sequence, tokens);
    }

    void cut(int sequence, int from) {
        int[] before = tokens(sequence);
        sequences.put(sequence, Arrays.copyOf(before, Math.min(from, before.length)));
    }

    void remove(int sequence, int from, int to) {
        int[] before = tokens(sequence);
        int[] after = Arrays.copyOf(before, before.length - (to - from));
        System.arraycopy(before, to, after, from, before.length - to);
        sequences.put(sequence, after);
    }
}
