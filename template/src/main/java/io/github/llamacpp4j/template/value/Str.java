package io.github.llamacpp4j.template.value;

import org.jspecify.annotations.Nullable;

/**
 * A Python string: immutable text, whether it is HTML-safe ({@code Markup}), and which parts of it came from values.
 *
 * <p>Provenance is a list of half-open ranges {@code [start, end)} of chars, sorted and apart; {@code null} when no part
 * came from a value, which is always so when nobody tracks. Offsets inside this package are chars; what a template sees
 * counts code points.
 */
public final class Str implements Comparable<Str> {
    /** The empty string. */
    public static final Str EMPTY = of("");

    private static final Str[] ASCII = new Str[128];

    static {
        for (char c = 0; c < ASCII.length; c++) {
            ASCII[c] = of(String.valueOf(c));
        }
    }

    private final String text;
    private final boolean markup;
    private final int @Nullable [] spans;
    private int codePoints = -1;

    Str(String text, boolean markup, int @Nullable [] spans) {
        this.text = text;
        this.markup = markup;
        this.spans = spans;
    }

    /** Text that the template wrote. */
    public static Str of(String text) {
        return new Str(text, false, null);
    }

    /** Text that came from a value. */
    public static Str value(String text) {
        return new Str(text, false, whole(text));
    }

    /** Text of the given provenance as a whole. */
    public static Str of(String text, boolean fromValue) {
        return fromValue ? value(text) : of(text);
    }

    private static int @Nullable [] whole(String text) {
        return text.isEmpty() ? null : new int[] {0, text.length()};
    }

    /** The text. */
    public String text() {
        return text;
    }

    /** Whether it is HTML-safe. */
    public boolean isMarkup() {
        return markup;
    }

    /** Whether any part came from a value. */
    public boolean hasValue() {
        return spans != null;
    }

    /** Whether the char at an offset came from a value. */
    public boolean isValueAt(int charOffset) {
        int[] marks = spans;
        if (marks == null) {
            return false;
        }
        int found = java.util.Arrays.binarySearch(marks, charOffset);
        return found >= 0 ? found % 2 == 0 : -found % 2 == 0;
    }

    int @Nullable [] spans() {
        return spans;
    }

    /** Length in chars. */
    public int chars() {
        return text.length();
    }

    /** Length in code points, as Python counts. */
    public int length() {
        int n = codePoints;
        if (n < 0) {
            n = text.codePointCount(0, text.length());
            codePoints = n;
        }
        return n;
    }

    /** Whether it has no text. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** The char offset of a code point index in {@code 0..length()}. */
    public int offset(int codePointIndex) {
        return length() == text.length() ? codePointIndex : text.offsetByCodePoints(0, codePointIndex);
    }

    /** The code point index of a char offset. */
    public int index(int charOffset) {
        return length() == text.length() ? charOffset : text.codePointCount(0, charOffset);
    }

    /** The part between two char offsets, with its provenance. */
    public Str slice(int from, int to) {
        if (from == 0 && to == text.length()) {
            return this;
        }
        if (from >= to) {
            return markup ? new Str("", true, null) : EMPTY;
        }
        if (to - from == 1 && spans == null && !markup && text.charAt(from) < 128) {
            return ASCII[text.charAt(from)];
        }
        return new Str(text.substring(from, to), markup, cut(from, to));
    }

    private int @Nullable [] cut(int from, int to) {
        int[] all = spans;
        if (all == null) {
            return null;
        }
        int first = firstBehind(all, from);
        int end = first;
        while (end < all.length && all[end] < to) {
            end += 2;
        }
        if (first == end) {
            return null;
        }
        int[] kept = new int[end - first];
        for (int i = 0; i < kept.length; i += 2) {
            kept[i] = Math.max(all[first + i], from) - from;
            kept[i + 1] = Math.min(all[first + i + 1], to) - from;
        }
        return kept;
    }

    /** The index of the first of some spans that ends behind an offset. */
    static int firstBehind(int[] spans, int offset) {
        int low = 0;
        int high = spans.length / 2;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (spans[2 * middle + 1] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return 2 * low;
    }

    /** The code point at a code point index in {@code 0..length()-1}, as a string. */
    public Str at(int codePointIndex) {
        int from = offset(codePointIndex);
        return slice(from, from + Character.charCount(text.codePointAt(from)));
    }

    /** Text computed from this one in a way that cannot be tracked: wholly a value if any part of this was. */
    public Str derived(String computed) {
        return new Str(computed, markup, spans == null ? null : whole(computed));
    }

    /** Text computed char by char where the length stayed the same; otherwise as {@link #derived}. */
    public Str mapped(String computed) {
        return computed.length() == text.length() ? new Str(computed, markup, spans) : derived(computed);
    }

    /** This text, HTML-safe. */
    public Str asMarkup() {
        return markup ? this : new Str(text, true, spans);
    }

    /** This text, not HTML-safe: Python's {@code str(markup)}. */
    public Str asPlain() {
        return markup ? new Str(text, false, spans) : this;
    }

    /** This text with the given safety. */
    public Str asMarkup(boolean safe) {
        return safe ? asMarkup() : asPlain();
    }

    /** This text followed by another; the result is not HTML-safe. */
    public Str concat(Str other) {
        if (spans == null && other.spans == null) {
            return of(text.concat(other.text));
        }
        return new StrBuilder(text.length() + other.text.length())
                .append(this)
                .append(other)
                .toStr();
    }

    /** Code point order, as in Python. */
    @Override
    public int compareTo(Str other) {
        String a = text;
        String b = other.text;
        int shared = Math.min(a.length(), b.length());
        for (int i = 0; i < shared; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                if (Character.isSurrogate(x) != Character.isSurrogate(y)) {
                    return Character.isSurrogate(x) ? 1 : -1;
                }
                return x - y;
            }
        }
        return a.length() - b.length();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Str s && s.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
