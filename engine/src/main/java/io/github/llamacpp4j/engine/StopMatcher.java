package io.github.llamacpp4j.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Finds the first of several stop texts in a stream of bytes and holds back what may become one.
 *
 * <p>Each stop text is followed by its Knuth-Morris-Pratt automaton, so a byte costs one step per stop text however the text is
 * cut into tokens.
 */
final class StopMatcher {

    private final byte[][] stops;
    private final int[][] fallbacks;
    private final int[] matched;
    private final ByteArrayOutputStream heldBack = new ByteArrayOutputStream();

    StopMatcher(List<String> stopTexts) {
        stops = new byte[stopTexts.size()][];
        fallbacks = new int[stopTexts.size()][];
        matched = new int[stopTexts.size()];
        for (int i = 0; i < stops.length; i++) {
            stops[i] = stopTexts.get(i).getBytes(StandardCharsets.UTF_8);
            fallbacks[i] = fallbacks(stops[i]);
        }
    }

    /**
     * Takes bytes and passes on to {@code released} what cannot belong to a stop text any more.
     *
     * @return whether a stop text is complete; what precedes it has been released then
     */
    boolean feed(byte[] bytes, ByteArrayOutputStream released) {
        if (stops.length == 0) {
            released.writeBytes(bytes);
            return false;
        }
        for (byte next : bytes) {
            heldBack.write(next);
            int stopLength = advance(next);
            if (stopLength > 0) {
                release(heldBack.size() - stopLength, released);
                heldBack.reset();
                return true;
            }
        }
        release(heldBack.size() - longestMatch(), released);
        return false;
    }

    /** Passes on everything held back. */
    void finish(ByteArrayOutputStream released) {
        release(heldBack.size(), released);
    }

    /** The length of the longest stop text that {@code next} completes, or 0. */
    private int advance(byte next) {
        int longest = 0;
        for (int i = 0; i < stops.length; i++) {
            int state = matched[i];
            while (state > 0 && stops[i][state] != next) {
                state = fallbacks[i][state - 1];
            }
            if (stops[i][state] == next) {
                state++;
            }
            matched[i] = state;
            if (state == stops[i].length) {
                longest = Math.max(longest, state);
            }
        }
        return longest;
    }

    private int longestMatch() {
        int longest = 0;
        for (int length : matched) {
            longest = Math.max(longest, length);
        }
        return longest;
    }

    private void release(int count, ByteArrayOutputStream released) {
        if (count > 0) {
            byte[] held = heldBack.toByteArray();
            released.write(held, 0, count);
            heldBack.reset();
            heldBack.write(held, count, held.length - count);
        }
    }

    private static int[] fallbacks(byte[] pattern) {
        int[] fallbacks = new int[pattern.length];
        int length = 0;
        for (int i = 1; i < pattern.length; i++) {
            while (length > 0 && pattern[i] != pattern[length]) {
                length = fallbacks[length - 1];
            }
            if (pattern[i] == pattern[length]) {
                length++;
            }
            fallbacks[i] = length;
        }
        return fallbacks;
    }
}
