package io.github.llamacpp4j.template.value;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a text in a text in time linear in both. A short part is left to {@link String}; a long one is looked for by a rolling
 * hash whose base nobody can foresee.
 */
public final class Search {
    private static final int SHORT = 64;
    private static final long PRIME = Integer.MAX_VALUE;
    private static final long BASE = ThreadLocalRandom.current().nextLong(1 << 20, PRIME);

    private Search() {}

    /** As {@link String#indexOf(String, int)}. */
    public static int first(String text, String part, int from) {
        if (part.length() < SHORT) {
            return text.indexOf(part, from);
        }
        return find(text, part, Math.max(from, 0), 1);
    }

    /** As {@link String#lastIndexOf(String, int)}. */
    public static int last(String text, String part, int from) {
        if (part.length() < SHORT) {
            return text.lastIndexOf(part, from);
        }
        return find(text, part, Math.min(from, text.length() - part.length()), -1);
    }

    private static int find(String text, String part, int from, int step) {
        int length = part.length();
        int last = text.length() - length;
        if (from < 0 || from > last) {
            return -1;
        }
        long wanted = 0;
        long hash = 0;
        long leading = 1;
        for (int i = 0; i < length; i++) {
            int at = step > 0 ? i : length - 1 - i;
            wanted = (wanted * BASE + part.charAt(at)) % PRIME;
            hash = (hash * BASE + text.charAt(from + at)) % PRIME;
            leading = i == 0 ? 1 : leading * BASE % PRIME;
        }
        int start = from;
        while (hash != wanted || !text.startsWith(part, start)) {
            int next = start + step;
            if (next < 0 || next > last) {
                return -1;
            }
            char leaving = text.charAt(step > 0 ? start : start + length - 1);
            char coming = text.charAt(step > 0 ? next + length - 1 : next);
            hash = ((hash + PRIME - leading * leaving % PRIME) * BASE + coming) % PRIME;
            start = next;
        }
        return start;
    }
}
