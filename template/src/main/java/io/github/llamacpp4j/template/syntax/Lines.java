package io.github.llamacpp4j.template.syntax;

import java.util.Arrays;

/** Finds the line of an offset. Immutable. */
public final class Lines {
    private final String text;
    private final int[] starts;

    /** The lines of a normalised source. */
    public Lines(String text) {
        this.text = text;
        int[] found = new int[16];
        int count = 1;
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            found[count++] = at + 1;
        }
        starts = Arrays.copyOf(found, count);
    }

    /** The line of an offset, counted from 1. */
    public int line(int offset) {
        int found = Arrays.binarySearch(starts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** The column of an offset in its line, counted from 1 in chars. */
    public int column(int offset) {
        return offset - starts[line(offset) - 1] + 1;
    }

    /** The text from an offset to the end of its line, cut to so many chars. */
    public String rest(int offset, int maxChars) {
        int newline = text.indexOf('\n', offset);
        int end = newline < 0 ? text.length() : newline;
        return text.substring(offset, Math.min(end, offset + maxChars)).strip();
    }

    /** How many chars there are in all. */
    public int length() {
        return text.length();
    }
}
