package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tokenizes texts, and cuts those that are too long without losing the special tokens around them. Thread-safe. */
final class TextPlanner {

    private static final String PROBE = "a";

    private final Tokenizer tokenizer;
    private final int maxTokens;
    private final LongTextPolicy policy;
    private final int before;
    private final int after;

    TextPlanner(Tokenizer tokenizer, int maxTokens, LongTextPolicy policy) {
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.policy = policy;
        int[] framed = tokenizer.encode(PROBE);
        int[] bare = tokenizer.encode(PROBE, false, false);
        this.before = Math.max(0, indexOf(framed, bare));
        this.after = Math.max(0, framed.length - before - bare.length);
    }

    private static int indexOf(int[] whole, int[] part) {
        for (int start = 0; start + part.length <= whole.length; start++) {
            if (Arrays.equals(whole, start, start + part.length, part, 0, part.length)) {
                return start;
            }
        }
        return -1;
    }

    /**
     * The tokens of a text.
     *
     * @throws EmptyTextException if there are none
     * @throws TextTooLongException if there are too many
     */
    Plan plan(String text) {
        int[] tokens = tokenizer.encode(text);
        if (tokens.length == 0) {
            throw new EmptyTextException();
        }
        if (tokens.length <= maxTokens) {
            return new Plan(List.of(tokens), false);
        }
        int room = maxTokens - before - after;
        if (policy == LongTextPolicy.ERROR || room < 1) {
            throw new TextTooLongException(tokens.length, maxTokens);
        }
        int end = tokens.length - after;
        if (policy == LongTextPolicy.TRUNCATE) {
            return new Plan(List.of(part(tokens, before, before + room)), true);
        }
        List<int[]> parts = new ArrayList<>();
        int count = (end - before + room - 1) / room;
        for (int i = 0; i < count; i++) {
            parts.add(part(tokens, cut(i, count, end), cut(i + 1, count, end)));
        }
        return new Plan(parts, false);
    }

    private int cut(int index, int count, int end) {
        return (int) (before + (long) (end - before) * index / count);
    }

    /** Some of the tokens between the special ones, with the special ones around them. */
    private int[] part(int[] tokens, int from, int to) {
        int[] part = new int[before + to - from + after];
        System.arraycopy(tokens, 0, part, 0, before);
        System.arraycopy(tokens, from, part, before, to - from);
        System.arraycopy(tokens, tokens.length - after, part, before + to - from, after);
        return part;
    }
}
