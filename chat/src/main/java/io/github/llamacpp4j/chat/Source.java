package io.github.llamacpp4j.chat;

/**
 * The part of a model's output that is not yet decided. Positions count from the start of the output, so they stay valid
 * when text that nobody needs any more is dropped.
 */
final class Source {
    /** Whether a literal stands at a position: MORE when the text so far is a proper beginning of it. */
    enum Match {
        YES,
        NO,
        MORE
    }

    private static final int DROP_AT = 8192;

    private final StringBuilder text = new StringBuilder();
    private int base;
    private int position;
    private int mark;
    private boolean ended;

    void append(CharSequence piece) {
        int unneeded = Math.min(mark, position) - base;
        if (unneeded > DROP_AT && unneeded > text.length() / 2) {
            text.delete(0, unneeded);
            base += unneeded;
        }
        text.append(piece);
    }

    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    int position() {
        return position;
    }

    void moveTo(int newPosition) {
        position = newPosition;
    }

    int length() {
        return base + text.length();
    }

    boolean exhausted() {
        return position >= length();
    }

    char at(int index) {
        return text.charAt(index - base);
    }

    char current() {
        return at(position);
    }

    String slice(int from, int to) {
        return text.substring(from - base, to - base);
    }

    /** Where the text starts that has not been shown in any form; {@link #raw()} is that text. */
    void markAt(int start) {
        mark = start;
    }

    String raw() {
        return slice(mark, position);
    }

    Match literalAt(int index, String literal) {
        int available = Math.min(literal.length(), length() - index);
        for (int i = 0; i < available; i++) {
            if (at(index + i) != literal.charAt(i)) {
                return Match.NO;
            }
        }
        return available == literal.length() ? Match.YES : Match.MORE;
    }

    /** Steps over {@code literal} where it stands at the current position. */
    Match take(String literal) {
        Match match = literalAt(position, literal);
        if (match == Match.YES) {
            position += literal.length();
        }
        return match;
    }

    void skipSpace() {
        position = afterSpace(position);
    }

    int afterSpace(int from) {
        int index = from;
        int end = length();
        while (index < end && Character.isWhitespace(at(index))) {
            index++;
        }
        return index;
    }

    void skipRest() {
        position = length();
    }
}
