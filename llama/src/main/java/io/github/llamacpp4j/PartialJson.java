package io.github.llamacpp4j;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * JSON that is still being written, closed so that it can be read: an open string ends where it stands, a member without a
 * whole value and a number that may go on are left out. Expects what a grammar lets through; other text has no tree.
 */
final class PartialJson {

    private static final int NEW_ESCAPE = 5;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder closers = new StringBuilder();
    private int scanned;
    /** Up to here the text is whole but for the open containers. */
    private int whole;

    private boolean inString;
    private int escapeLeft;
    private int escapeStart;
    private boolean isKey;
    private boolean inScalar;

    void append(String piece) {
        text.append(piece);
        while (scanned < text.length()) {
            scan(text.charAt(scanned));
            scanned++;
        }
    }

    private void scan(char c) {
        if (inString) {
            scanString(c);
            return;
        }
        switch (c) {
            case '"' -> {
                inString = true;
                isKey = expectsKey();
            }
            case '{', '[' -> {
                closers.append(c == '{' ? '}' : ']');
                whole = scanned + 1;
            }
            case '}', ']' -> {
                inScalar = false;
                closers.setLength(Math.max(0, closers.length() - 1));
                whole = scanned + 1;
            }
            case ',', ' ', '\n', '\t', '\r' -> {
                if (inScalar) {
                    inScalar = false;
                    whole = scanned;
                }
            }
            case ':' -> {}
            default -> inScalar = true;
        }
    }

    private void scanString(char c) {
        if (escapeLeft > 0) {
            boolean first = escapeLeft == NEW_ESCAPE;
            escapeLeft = first && c != 'u' ? 0 : escapeLeft - 1;
        } else if (c == '\\') {
            escapeLeft = NEW_ESCAPE;
            escapeStart = scanned;
        } else if (c == '"') {
            inString = false;
            if (!isKey) {
                whole = scanned + 1;
            }
        }
    }

    /** In an object a string is a key unless a colon stands before it. */
    private boolean expectsKey() {
        if (closers.isEmpty() || closers.charAt(closers.length() - 1) != '}') {
            return false;
        }
        int before = scanned - 1;
        while (before >= 0 && Character.isWhitespace(text.charAt(before))) {
            before--;
        }
        return before < 0 || text.charAt(before) != ':';
    }

    /** What has been written, closed; empty as long as there is nothing to show. */
    Optional<JsonNode> tree() {
        StringBuilder closed = new StringBuilder(text.substring(0, whole));
        if (inString && !isKey) {
            closed.append(text, whole, wholeCharacters()).append('"');
        }
        closed.append(new StringBuilder(closers).reverse());
        if (closed.toString().isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonTrees.read(closed.toString()));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Where the open string's last whole character ends: not inside an escape, nor between two surrogates. */
    private int wholeCharacters() {
        int end = escapeLeft > 0 ? escapeStart : text.length();
        boolean split = end > whole && Character.isHighSurrogate(text.charAt(end - 1));
        return split ? end - 1 : end;
    }
}
