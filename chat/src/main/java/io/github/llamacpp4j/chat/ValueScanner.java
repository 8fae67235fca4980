package io.github.llamacpp4j.chat;

import java.util.Arrays;
import java.util.List;

/**
 * Checks one value character by character and writes it as JSON text. JSON itself is passed through unchanged; Python
 * literals and Gemma's notation are translated. Every character is looked at once and nothing is repaired.
 */
final class ValueScanner {
    enum Dialect {
        JSON,
        PYTHON,
        /** Unquoted keys, strings between {@code <|"|>}, and Python's words for true, false and null too. */
        GEMMA
    }

    enum Status {
        RUNNING,
        /** The character completed the value. */
        DONE,
        /** The value was complete before the character, which does not belong to it. */
        ENDED_BEFORE,
        ERROR
    }

    private enum State {
        VALUE,
        VALUE_OR_END,
        KEY,
        KEY_OR_END,
        BARE_KEY,
        COLON,
        COMMA_OR_END,
        STRING,
        ESCAPE,
        HEX,
        DELIMITED_OPEN,
        DELIMITED,
        WORD,
        FINISHED
    }

    private static final int MAX_DEPTH = JsonTrees.MAX_DEPTH - 2;
    private static final int MAX_WORD = 500;
    private static final String DELIMITER = "<|\"|>";
    private static final List<String> JSON_WORDS = List.of("true", "false", "null");
    private static final List<String> PYTHON_WORDS = List.of("True", "False", "None", "true", "false", "null");

    private final Dialect dialect;
    private final StringBuilder out;
    private final StringBuilder word = new StringBuilder();
    private boolean[] objects = new boolean[8];
    private int depth;
    private State state = State.VALUE;
    private boolean inKey;
    private char quote;
    private int hexLeft;
    private int hexValue;
    private int delimiterSeen;
    private boolean owesComma;

    ValueScanner(Dialect dialect, StringBuilder out) {
        this.dialect = dialect;
        this.out = out;
    }

    Status accept(char c) {
        return switch (state) {
            case VALUE -> value(c, false);
            case VALUE_OR_END -> value(c, true);
            case KEY -> key(c, false);
            case KEY_OR_END -> key(c, true);
            case BARE_KEY -> bareKey(c);
            case COLON -> colon(c);
            case COMMA_OR_END -> commaOrEnd(c);
            case STRING -> string(c);
            case ESCAPE -> escape(c);
            case HEX -> hex(c);
            case DELIMITED_OPEN -> delimitedOpen(c);
            case DELIMITED -> delimited(c);
            case WORD -> word(c);
            case FINISHED -> Status.ENDED_BEFORE;
        };
    }

    /** Whether the value is a text that a character would end. */
    boolean isTextEndedBy(char c) {
        return state == State.STRING && depth == 0 && c == quote;
    }

    /** Takes a character of a text as it is. */
    void literal(char c) {
        JsonText.escape(c, out);
    }

    /** Tells that no character follows: completes a number or word at the outermost level. */
    Status end() {
        return state == State.WORD && depth == 0 ? word(' ') : Status.ERROR;
    }

    private Status space(char c) {
        if (dialect == Dialect.JSON) {
            out.append(c);
        }
        return Status.RUNNING;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private Status value(char c, boolean mayEnd) {
        if (isSpace(c)) {
            return space(c);
        }
        if (c == ']' && (mayEnd || mayTrail())) {
            return close(c);
        }
        payComma();
        inKey = false;
        switch (c) {
            case '{' -> {
                return open(c, State.KEY_OR_END);
            }
            case '[' -> {
                return open(c, State.VALUE_OR_END);
            }
            case '"' -> openString(c);
            case '\'' -> {
                if (dialect != Dialect.PYTHON) {
                    return Status.ERROR;
                }
                openString(c);
            }
            case '<' -> {
                if (dialect != Dialect.GEMMA) {
                    return Status.ERROR;
                }
                openDelimited();
            }
            default -> {
                word.setLength(0);
                state = State.WORD;
                return word(c);
            }
        }
        return Status.RUNNING;
    }

    private boolean mayTrail() {
        return dialect == Dialect.PYTHON && owesComma;
    }

    private void payComma() {
        if (owesComma) {
            out.append(',');
            owesComma = false;
        }
    }

    private Status open(char c, State next) {
        if (depth == MAX_DEPTH) {
            return Status.ERROR;
        }
        if (depth == objects.length) {
            objects = Arrays.copyOf(objects, 2 * depth);
        }
        objects[depth++] = c == '{';
        out.append(c);
        state = next;
        return Status.RUNNING;
    }

    private Status close(char c) {
        if (depth == 0 || objects[depth - 1] != (c == '}')) {
            return Status.ERROR;
        }
        owesComma = false;
        out.append(c);
        depth--;
        return afterValue(true);
    }

    private Status afterValue(boolean consumed) {
        if (depth == 0) {
            state = State.FINISHED;
            return consumed ? Status.DONE : Status.ENDED_BEFORE;
        }
        state = State.COMMA_OR_END;
        return Status.RUNNING;
    }

    private Status key(char c, boolean mayEnd) {
        if (isSpace(c)) {
            return space(c);
        }
        if (c == '}' && (mayEnd || mayTrail())) {
            return close(c);
        }
        payComma();
        inKey = true;
        if (c == '"' || (c == '\'' && dialect == Dialect.PYTHON)) {
            openString(c);
            return Status.RUNNING;
        }
        if (dialect != Dialect.GEMMA) {
            return Status.ERROR;
        }
        if (c == '<') {
            openDelimited();
            return Status.RUNNING;
        }
        word.setLength(0);
        state = State.BARE_KEY;
        return bareKey(c);
    }

    private Status bareKey(char c) {
        if (c == ':') {
            if (word.isEmpty()) {
                return Status.ERROR;
            }
            out.append(JsonText.quote(word));
            return colonSeen();
        }
        if (c == '}' || c == ',' || c == '{' || word.length() == MAX_WORD) {
            return Status.ERROR;
        }
        word.append(c);
        return Status.RUNNING;
    }

    private Status colon(char c) {
        if (isSpace(c)) {
            return space(c);
        }
        return c == ':' ? colonSeen() : Status.ERROR;
    }

    private Status colonSeen() {
        out.append(':');
        state = State.VALUE;
        return Status.RUNNING;
    }

    private Status commaOrEnd(char c) {
        if (isSpace(c)) {
            return space(c);
        }
        if (c == '}' || c == ']') {
            return close(c);
        }
        if (c != ',') {
            return Status.ERROR;
        }
        if (dialect == Dialect.JSON) {
            out.append(c);
        } else {
            owesComma = true;
        }
        state = objects[depth - 1] ? State.KEY : State.VALUE;
        return Status.RUNNING;
    }

    private void openString(char c) {
        quote = c;
        out.append('"');
        state = State.STRING;
    }

    private Status afterString() {
        out.append('"');
        if (inKey) {
            state = State.COLON;
            return Status.RUNNING;
        }
        return afterValue(true);
    }

    private Status string(char c) {
        if (c == quote) {
            return afterString();
        }
        if (c == '\\') {
            state = State.ESCAPE;
            if (dialect != Dialect.PYTHON) {
                out.append(c);
            }
            return Status.RUNNING;
        }
        if (dialect == Dialect.PYTHON) {
            JsonText.escape(c, out);
            return Status.RUNNING;
        }
        if (c < ' ') {
            return Status.ERROR;
        }
        out.append(c);
        return Status.RUNNING;
    }

    private Status escape(char c) {
        state = State.STRING;
        if (dialect == Dialect.PYTHON) {
            return pythonEscape(c);
        }
        if ("\"\\/bfnrt".indexOf(c) >= 0) {
            out.append(c);
            return Status.RUNNING;
        }
        if (c != 'u') {
            return Status.ERROR;
        }
        out.append(c);
        startHex(4);
        return Status.RUNNING;
    }

    private Status pythonEscape(char c) {
        switch (c) {
            case '\n' -> {}
            case '\\', '\'', '"' -> JsonText.escape(c, out);
            case 'n' -> out.append("\\n");
            case 't' -> out.append("\\t");
            case 'r' -> out.append("\\r");
            case 'b' -> out.append("\\b");
            case 'f' -> out.append("\\f");
            case 'a' -> out.append("\\u0007");
            case 'v' -> out.append("\\u000b");
            case 'x' -> startHex(2);
            case 'u' -> startHex(4);
            default -> {
                out.append("\\\\");
                JsonText.escape(c, out);
            }
        }
        return Status.RUNNING;
    }

    private void startHex(int digits) {
        hexLeft = digits;
        hexValue = 0;
        state = State.HEX;
    }

    private Status hex(char c) {
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            return Status.ERROR;
        }
        hexValue = 16 * hexValue + digit;
        if (dialect != Dialect.PYTHON) {
            out.append(c);
        }
        if (--hexLeft == 0) {
            if (dialect == Dialect.PYTHON) {
                JsonText.escape((char) hexValue, out);
            }
            state = State.STRING;
        }
        return Status.RUNNING;
    }

    private void openDelimited() {
        delimiterSeen = 1;
        state = State.DELIMITED_OPEN;
    }

    private Status delimitedOpen(char c) {
        if (c != DELIMITER.charAt(delimiterSeen)) {
            return Status.ERROR;
        }
        if (++delimiterSeen == DELIMITER.length()) {
            delimiterSeen = 0;
            out.append('"');
            state = State.DELIMITED;
        }
        return Status.RUNNING;
    }

    private Status delimited(char c) {
        if (c == DELIMITER.charAt(delimiterSeen)) {
            if (++delimiterSeen == DELIMITER.length()) {
                return afterString();
            }
            return Status.RUNNING;
        }
        for (int i = 0; i < delimiterSeen; i++) {
            JsonText.escape(DELIMITER.charAt(i), out);
        }
        delimiterSeen = 0;
        if (c == DELIMITER.charAt(0)) {
            delimiterSeen = 1;
        } else {
            JsonText.escape(c, out);
        }
        return Status.RUNNING;
    }

    private Status word(char c) {
        if (!word.isEmpty() && (isSpace(c) || ",]})".indexOf(c) >= 0)) {
            return endWord(c);
        }
        word.append(c);
        boolean number = isNumberStart(word.charAt(0));
        if (word.length() > MAX_WORD || (number ? "0123456789+-.eE".indexOf(c) < 0 : !startsWord())) {
            return Status.ERROR;
        }
        if (dialect == Dialect.JSON) {
            out.append(c);
        }
        return Status.RUNNING;
    }

    private static boolean isNumberStart(char c) {
        return c == '-' || (c >= '0' && c <= '9');
    }

    private boolean startsWord() {
        for (String literal : dialect == Dialect.JSON ? JSON_WORDS : PYTHON_WORDS) {
            if (literal.length() >= word.length() && literal.startsWith(word.toString())) {
                return true;
            }
        }
        return false;
    }

    private Status endWord(char c) {
        String text = word.toString();
        word.setLength(0);
        if (isNumberStart(text.charAt(0))) {
            if (!JsonText.isNumber(text)) {
                return Status.ERROR;
            }
        } else if (!(dialect == Dialect.JSON ? JSON_WORDS : PYTHON_WORDS).contains(text)) {
            return Status.ERROR;
        }
        if (dialect != Dialect.JSON) {
            out.append(
                    switch (text) {
                        case "True" -> "true";
                        case "False" -> "false";
                        case "None" -> "null";
                        default -> text;
                    });
        }
        Status status = afterValue(false);
        return status == Status.RUNNING ? accept(c) : status;
    }
}
