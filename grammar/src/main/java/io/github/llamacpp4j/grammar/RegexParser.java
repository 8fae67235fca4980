package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the regular part of ECMA-262 expressions: literals, classes, groups, alternatives, quantifiers (greedy or lazy,
 * which is the same for matching) and the anchors. Look-around, back references, word boundaries and property classes
 * are refused by name.
 */
final class RegexParser {
    private static final int MAX_DEPTH = 200;
    private static final int END = -1;

    private final int[] text;
    private final Regex.Reading reading;
    private final GrammarLimits limits;
    private int position;
    private int depth;

    private RegexParser(String pattern, Regex.Reading reading, GrammarLimits limits) {
        text = pattern.codePoints().toArray();
        this.reading = reading;
        this.limits = limits;
        if (text.length > limits.textLength()) {
            throw new GrammarException(
                    GrammarException.Kind.LIMIT, "the pattern is longer than " + limits.textLength());
        }
    }

    static Regex parse(String pattern, Regex.Reading reading, GrammarLimits limits) {
        RegexParser parser = new RegexParser(pattern, reading, limits);
        Regex regex = parser.choice();
        if (parser.peek() == ')') {
            throw parser.error("unbalanced ')'");
        }
        return regex;
    }

    private Regex choice() {
        if (++depth > MAX_DEPTH) {
            throw new GrammarException(
                    GrammarException.Kind.LIMIT,
                    "groups are nested deeper than " + MAX_DEPTH + " levels",
                    1,
                    position + 1);
        }
        List<Regex> options = new ArrayList<>();
        options.add(sequence());
        while (peek() == '|') {
            position++;
            options.add(sequence());
        }
        depth--;
        return options.size() == 1 ? options.getFirst() : new Regex.Choice(options);
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (peek() != END && peek() != '|' && peek() != ')') {
            parts.add(quantified());
        }
        return parts.size() == 1 ? parts.getFirst() : new Regex.Sequence(parts);
    }

    private Regex quantified() {
        Regex atom = atom();
        int[] bounds = quantifier();
        if (bounds.length == 0) {
            return atom;
        }
        if (atom instanceof Regex.Begin || atom instanceof Regex.End) {
            throw error("an anchor cannot be repeated");
        }
        if (peek() == '?') {
            position++;
        }
        if (quantifier().length > 0) {
            throw error("a quantifier follows a quantifier; put the repeated part in a group");
        }
        return new Regex.Repeat(atom, bounds[0], bounds[1]);
    }

    /** Reads a quantifier if there is one. */
    private int[] quantifier() {
        return switch (peek()) {
            case '*' -> {
                position++;
                yield new int[] {0, -1};
            }
            case '+' -> {
                position++;
                yield new int[] {1, -1};
            }
            case '?' -> {
                position++;
                yield new int[] {0, 1};
            }
            case '{' -> bounds();
            default -> new int[0];
        };
    }

    /** Reads <code>{n}</code>, <code>{n,}</code> or <code>{n,m}</code>; nothing if the brace is literal. */
    private int[] bounds() {
        int start = position;
        position++;
        int min = number();
        int max = min;
        if (peek() == ',') {
            position++;
            max = peek() == '}' ? -1 : number();
            if (min < 0 && (max >= 0 || peek() == '}')) {
                throw unsupported("a quantifier without a lower bound means different things in different dialects");
            }
        }
        if (min < 0 || peek() != '}' || max < -1 || (max == -1 && text[position - 1] != ',')) {
            position = start;
            return new int[0];
        }
        if (max >= 0 && max < min) {
            throw error("the upper bound " + max + " is below the lower bound " + min);
        }
        if (Math.max(min, max) > limits.repetition()) {
            throw new GrammarException(
                    GrammarException.Kind.LIMIT,
                    "a repetition of " + Math.max(min, max) + " exceeds the limit of " + limits.repetition(),
                    1,
                    start + 1);
        }
        position++;
        return new int[] {min, max};
    }

    private int number() {
        int start = position;
        long value = 0;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.min(Integer.MAX_VALUE, value * 10 + peek() - '0');
            position++;
        }
        return position == start ? -2 : (int) value;
    }

    private Regex atom() {
        int c = peek();
        return switch (c) {
            case '^' -> {
                position++;
                yield new Regex.Begin();
            }
            case '$' -> {
                position++;
                yield new Regex.End();
            }
            case '.' -> {
                position++;
                yield new Regex.Chars(CharacterClasses.dot(reading));
            }
            case '[' -> new Regex.Chars(characterClass());
            case '(' -> group();
            case '*', '+', '?' -> throw error("nothing to repeat before '" + Character.toString(c) + "'");
            case '\\' -> {
                position++;
                yield new Regex.Chars(escape(false));
            }
            case '{' -> {
                if (bounds().length > 0) {
                    throw error("nothing to repeat before '{'");
                }
                position++;
                yield new Regex.Chars(CodePointSet.of(c));
            }
            default -> {
                position++;
                yield new Regex.Chars(CodePointSet.of(c));
            }
        };
    }

    private Regex group() {
        int start = position++;
        if (peek() == '?') {
            if (peek(1) == ':') {
                position += 2;
            } else if (peek(1) == '<' && peek(2) != '=' && peek(2) != '!') {
                while (peek() != '>') {
                    if (peek() == END) {
                        throw error("the name of the group is not closed");
                    }
                    position++;
                }
                position++;
            } else {
                throw unsupported(
                        "look-around and inline options are not supported; only (…), (?:…) and (?<name>…) are");
            }
        }
        Regex body = choice();
        if (peek() != ')') {
            position = start;
            throw error("the group is not closed; add ')'");
        }
        position++;
        return body;
    }

    private CodePointSet characterClass() {
        int start = position++;
        boolean negated = peek() == '^';
        if (negated) {
            position++;
        }
        if (peek() == ']') {
            throw unsupported("an empty class means different things in different dialects");
        }
        CodePointSet.Builder set = new CodePointSet.Builder();
        while (peek() != ']') {
            CodePointSet low = classMember(start, negated);
            if (peek() == '-' && peek(1) != ']' && peek(1) != END) {
                position++;
                CodePointSet high = classMember(start, negated);
                if (low.size() != 1 || high.size() != 1) {
                    throw error("a class such as \\d cannot be the end of a range");
                }
                if (low.low(0) > high.low(0)) {
                    throw error("the range ends before it starts");
                }
                set.add(low.low(0), high.low(0));
            } else {
                set.addAll(low);
            }
        }
        position++;
        return negated ? set.build().complement() : set.build();
    }

    private CodePointSet classMember(int start, boolean negated) {
        int c = peek();
        if (c == END) {
            position = start;
            throw error("the class is not closed; add ']'");
        }
        position++;
        if (c == '\\') {
            return escape(negated);
        }
        return CodePointSet.of(c);
    }

    /** Reads what follows a backslash; {@code flipped} when a negation around it turns the reading around. */
    private CodePointSet escape(boolean flipped) {
        int c = peek();
        position++;
        return switch (c) {
            case 'd', 'D', 'w', 'W', 's', 'S' -> {
                Regex.Reading other = reading == Regex.Reading.WIDE ? Regex.Reading.NARROW : Regex.Reading.WIDE;
                yield CharacterClasses.named(c, flipped ? other : reading);
            }
            case 't' -> CodePointSet.of('\t');
            case 'n' -> CodePointSet.of('\n');
            case 'r' -> CodePointSet.of('\r');
            case 'f' -> CodePointSet.of('\f');
            case 'v' -> CodePointSet.of(0x0B);
            case '0' -> {
                if (peek() >= '0' && peek() <= '9') {
                    throw unsupported("octal escapes are not supported; write \\xXX");
                }
                yield CodePointSet.of(0);
            }
            case 'x' -> CodePointSet.of(hex(2));
            case 'u' -> CodePointSet.of(unicodeEscape());
            case END -> throw error("the pattern ends inside an escape");
            default -> {
                if (c >= '1' && c <= '9') {
                    throw unsupported("back references are not supported");
                }
                if (c == 'b' || c == 'B') {
                    throw unsupported("word boundaries are not supported");
                }
                if (c == 'p' || c == 'P') {
                    throw unsupported("property classes (\\p) are not supported");
                }
                if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                    throw error("unknown escape \\" + Character.toString(c));
                }
                yield CodePointSet.of(c);
            }
        };
    }

    private int unicodeEscape() {
        int high = hex(4);
        if (Character.isHighSurrogate((char) high) && peek() == '\\' && peek(1) == 'u') {
            int before = position;
            position += 2;
            int low = hex(4);
            if (Character.isLowSurrogate((char) low)) {
                return Character.toCodePoint((char) high, (char) low);
            }
            position = before;
        }
        return high;
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = peek() == END || peek() > 'f' ? -1 : Character.digit(peek(), 16);
            if (digit < 0) {
                throw error("expected " + digits + " hexadecimal digits");
            }
            value = (value << 4) | digit;
            position++;
        }
        return value;
    }

    private int peek() {
        return peek(0);
    }

    private int peek(int ahead) {
        return position + ahead < text.length ? text[position + ahead] : END;
    }

    private GrammarException error(String message) {
        return error(GrammarException.Kind.SYNTAX, message);
    }

    private GrammarException unsupported(String message) {
        return error(GrammarException.Kind.UNSUPPORTED, message);
    }

    private GrammarException error(GrammarException.Kind kind, String message) {
        return new GrammarException(kind, "in the pattern: " + message, 1, Math.min(position, text.length) + 1);
    }
}
