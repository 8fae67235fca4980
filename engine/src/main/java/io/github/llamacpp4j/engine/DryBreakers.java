package io.github.llamacpp4j.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The token sequences at which repetition starts afresh for {@link DryStage}: every token that contains a breaker, and every
 * token that ends with a breaker's beginning together with the tokens of its rest.
 *
 * <p>Immutable and thread-safe. Finding them reads the whole vocabulary once.
 */
final class DryBreakers {

    private static final int LONGEST_BREAKER_BYTES = 40;
    private static final int LONGEST_TAIL_TOKENS = 20;

    /** For each head token one more than its index in {@link #tails}. */
    private final IntIntMap heads;

    private final List<List<int[]>> tails = new ArrayList<>();

    private DryBreakers(int expectedHeads) {
        heads = new IntIntMap(expectedHeads);
    }

    static DryBreakers of(List<String> breakers, EngineVocabulary vocabulary) {
        DryBreakers result = new DryBreakers(vocabulary.size() / 16);
        for (String breaker : breakers) {
            byte[] bytes = breaker.getBytes(StandardCharsets.UTF_8);
            byte[] sought = Arrays.copyOf(bytes, Math.min(bytes.length, LONGEST_BREAKER_BYTES));
            for (int token = 0; token < vocabulary.size(); token++) {
                result.addOverlaps(token, vocabulary.text(token), sought, vocabulary);
            }
        }
        return result;
    }

    /** Breakers given as tokens, each with a head and a tail that may be empty. */
    static DryBreakers ofTokens(List<int[]> sequences) {
        DryBreakers result = new DryBreakers(sequences.size());
        for (int[] sequence : sequences) {
            result.add(sequence[0], Arrays.copyOfRange(sequence, 1, sequence.length));
        }
        return result;
    }

    private void addOverlaps(int token, byte[] text, byte[] breaker, EngineVocabulary vocabulary) {
        for (int start = 0; start < text.length; start++) {
            int matched = 0;
            while (matched < breaker.length
                    && start + matched < text.length
                    && text[start + matched] == breaker[matched]) {
                matched++;
            }
            if (matched == breaker.length) {
                add(token, new int[0]);
                return;
            }
            if (matched > 0 && start + matched == text.length) {
                int[] tail = vocabulary.tokenize(Arrays.copyOfRange(breaker, matched, breaker.length));
                add(token, Arrays.copyOf(tail, Math.min(tail.length, LONGEST_TAIL_TOKENS)));
            }
        }
    }

    private void add(int head, int[] tail) {
        int index = heads.get(head);
        if (index == IntIntMap.ABSENT) {
            tails.add(new ArrayList<>());
            index = tails.size();
            heads.put(head, index);
        }
        List<int[]> known = tails.get(index - 1);
        if (known.stream().noneMatch(other -> Arrays.equals(other, tail))) {
            known.add(tail);
        }
    }

    /** Whether the token alone is a breaker. */
    boolean isBreaker(int token) {
        int index = heads.get(token);
        if (index == IntIntMap.ABSENT) {
            return false;
        }
        List<int[]> known = tails.get(index - 1);
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).length == 0) {
                return true;
            }
        }
        return false;
    }

    /** How many tokens stand after the last breaker in {@code recent}; all of them if there is none. */
    int distance(TokenRing recent) {
        for (int age = 0; age < recent.size(); age++) {
            int index = heads.get(recent.recent(age));
            if (index != IntIntMap.ABSENT) {
                int longest = longestTail(tails.get(index - 1), recent, age);
                if (longest >= 0) {
                    return age - longest;
                }
            }
        }
        return recent.size();
    }

    private static int longestTail(List<int[]> tails, TokenRing recent, int age) {
        int longest = -1;
        for (int i = 0; i < tails.size(); i++) {
            int[] tail = tails.get(i);
            if (tail.length > longest && tail.length <= age && follows(tail, recent, age)) {
                longest = tail.length;
            }
        }
        return longest;
    }

    private static boolean follows(int[] tail, TokenRing recent, int age) {
        for (int i = 0; i < tail.length; i++) {
            if (tail[i] != recent.recent(age - 1 - i)) {
                return false;
            }
        }
        return true;
    }
}
