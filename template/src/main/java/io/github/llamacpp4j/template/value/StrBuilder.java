package io.github.llamacpp4j.template.value;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Builds text piece by piece and keeps track of which pieces came from values. Not thread-safe. */
public final class StrBuilder {
    private final StringBuilder text;
    private int @Nullable [] spans;
    private int used;
    private @Nullable PyError fault;

    /** An empty builder. */
    public StrBuilder() {
        this(64);
    }

    /** An empty builder with room for so many chars. */
    public StrBuilder(int capacity) {
        text = new StringBuilder(capacity);
    }

    /** Chars so far. */
    public int chars() {
        return text.length();
    }

    /** The last char; only when there is one. */
    public char lastChar() {
        return text.charAt(text.length() - 1);
    }

    /** Adds text that the template wrote. */
    public StrBuilder append(String templateText) {
        text.append(templateText);
        return this;
    }

    /** Adds a char that the template wrote. */
    public StrBuilder append(char c) {
        text.append(c);
        return this;
    }

    /** Adds text of the given provenance. */
    public StrBuilder append(String piece, boolean fromValue) {
        int start = text.length();
        text.append(piece);
        if (fromValue) {
            markValue(start);
        }
        return this;
    }

    /** Adds a string with its provenance. */
    public StrBuilder append(Str piece) {
        int[] marks = piece.spans();
        if (marks != null) {
            int base = text.length();
            for (int i = 0; i < marks.length; i += 2) {
                mark(base + marks[i], base + marks[i + 1]);
            }
        }
        text.append(piece.text());
        return this;
    }

    /** Adds a part of a string, by char offsets, with its provenance. */
    public StrBuilder append(Str piece, int from, int to) {
        int[] marks = piece.spans();
        if (marks != null) {
            int base = text.length() - from;
            for (int i = Str.firstBehind(marks, from); i < marks.length && marks[i] < to; i += 2) {
                mark(base + Math.max(marks[i], from), base + Math.min(marks[i + 1], to));
            }
        }
        text.append(piece.text(), from, to);
        return this;
    }

    /** Declares everything from a char offset on a value. */
    public void markValue(int from) {
        int to = text.length();
        while (used > 0 && spans != null && spans[used - 2] >= from) {
            used -= 2;
        }
        mark(from, to);
    }

    private void mark(int from, int to) {
        if (from >= to) {
            return;
        }
        int[] marks = spans;
        if (marks == null) {
            marks = new int[8];
            spans = marks;
        }
        if (used > 0 && marks[used - 1] >= from) {
            marks[used - 1] = Math.max(marks[used - 1], to);
            return;
        }
        if (used == marks.length) {
            marks = Arrays.copyOf(marks, used * 2);
            spans = marks;
        }
        marks[used++] = from;
        marks[used++] = to;
    }

    /** The ranges {@code start, end, start, end, ...} that came from values. */
    public int[] valueRanges() {
        int[] marks = spans;
        return marks == null ? new int[0] : Arrays.copyOf(marks, used);
    }

    /** Remembers a piece that is no text: Python fails only when it joins the pieces. */
    public void appendFault(PyError error) {
        if (fault == null) {
            fault = error;
        }
    }

    /** Fails if a piece was no text. */
    public void check() {
        if (fault != null) {
            throw fault;
        }
    }

    /** What was built, not HTML-safe. */
    public Str toStr() {
        check();
        int[] marks = spans;
        return new Str(text.toString(), false, marks == null || used == 0 ? null : Arrays.copyOf(marks, used));
    }

    /** What was built, as text alone. */
    @Override
    public String toString() {
        return text.toString();
    }
}
