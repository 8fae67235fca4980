package io.github.llamacpp4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Reads llama.cpp's GBNF notation ({@code grammars/README.md} and {@code src/llama-grammar.cpp} there). Stricter in four
 * places where llama.cpp guesses: an empty class, a reversed range, an upper bound below the lower one, and a rule that is
 * defined twice are errors. Groups are kept on a stack of its own, so nesting cannot overflow the Java stack.
 */
final class GbnfParser {
    /** Repetitions of repetitions may multiply to so many places; their texts can be read in many ways. */
    private static final long MOST_NESTED = 100_000_000;

    static final String ROOT = "root";

    private static final int END = -1;

    private final int[] text;
    private final int[] lineStarts;
    private final GrammarLimits limits;
    private final TokenVocabulary vocabulary;
    private final Map<String, Reference> references = new LinkedHashMap<>();
    private int position;

    private static final class Reference {
        final Rule rule;
        final int firstUse;

        Reference(Rule rule, int firstUse) {
            this.rule = rule;
            this.firstUse = firstUse;
        }
    }

    /** A group that is still open: finished alternatives and the sequence being read. */
    private static final class Group {
        final int start;
        final List<Node> alternatives = new ArrayList<>();
        List<Node> sequence = new ArrayList<>();
        boolean repeatable;

        Group(int start) {
            this.start = start;
        }

        void add(Node node) {
            sequence.add(node);
            repeatable = true;
        }

        void endAlternative() {
            alternatives.add(Node.sequence(sequence));
            sequence = new ArrayList<>();
            repeatable = false;
        }

        Node close() {
            endAlternative();
            return Node.choice(alternatives);
        }
    }

    private GbnfParser(String gbnf, GrammarLimits limits, TokenVocabulary vocabulary) {
        this.limits = limits;
        this.vocabulary = vocabulary;
        if (gbnf.length() > limits.textLength()) {
            throw new GrammarException(
                    GrammarException.Kind.LIMIT,
                    "the grammar has " + gbnf.length() + " characters, at most " + limits.textLength()
                            + " are allowed");
        }
        text = gbnf.codePoints().toArray();
        IntArray starts = new IntArray();
        starts.add(0);
        for (int i = 0; i < text.length; i++) {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.length || text[i + 1] != '\n'))) {
                starts.add(i + 1);
            }
        }
        lineStarts = starts.toArray();
    }

    /** {@return all rules, the root first} */
    static List<Rule> parse(String gbnf, GrammarLimits limits, TokenVocabulary vocabulary) {
        return new GbnfParser(gbnf, limits, vocabulary).rules();
    }

    private List<Rule> rules() {
        skipSpace(true);
        while (peek() != END) {
            rule();
        }
        for (Map.Entry<String, Reference> entry : references.entrySet()) {
            if (!entry.getValue().rule.isDefined()) {
                throw error(
                        GrammarException.Kind.UNDEFINED_RULE,
                        entry.getValue().firstUse,
                        "rule '" + entry.getKey() + "' is used but not defined; add '" + entry.getKey() + " ::= …'");
            }
        }
        Reference root = references.get(ROOT);
        if (root == null) {
            throw new GrammarException(
                    GrammarException.Kind.UNDEFINED_RULE, "the grammar has no rule 'root'; add 'root ::= …'");
        }
        List<Rule> rules = new ArrayList<>();
        rules.add(root.rule);
        for (Reference reference : references.values()) {
            if (reference != root) {
                rules.add(reference.rule);
            }
        }
        return rules;
    }

    private void rule() {
        int start = position;
        Rule rule = reference(name("a rule name"), start);
        skipSpace(false);
        if (peek() != ':' || peek(1) != ':' || peek(2) != '=') {
            throw syntax("'::='");
        }
        if (rule.isDefined()) {
            throw error(
                    GrammarException.Kind.DUPLICATE_RULE,
                    start,
                    "rule '" + rule.name() + "' is defined already in line " + rule.line()
                            + "; keep one definition and join alternatives with '|'");
        }
        position += 3;
        skipSpace(true);
        Node body = alternatives();
        int line = lineOf(start);
        rule.define(body, line + 1, start - lineStarts[line] + 1);
        if (peek() == '\r') {
            position += peek(1) == '\n' ? 2 : 1;
        } else if (peek() == '\n') {
            position++;
        } else if (peek() != END) {
            throw syntax("a literal, a class, a rule name, a group, '|', a repetition or the end of the line");
        }
        skipSpace(true);
    }

    private Rule reference(String name, int use) {
        Reference known = references.get(name);
        if (known == null) {
            if (references.size() >= limits.rules()) {
                throw error(GrammarException.Kind.LIMIT, use, "the grammar has more than " + limits.rules() + " rules");
            }
            known = new Reference(new Rule(name), use);
            references.put(name, known);
        }
        return known.rule;
    }

    /** Reads alternatives up to what cannot belong to them. */
    private Node alternatives() {
        ArrayDeque<Group> open = new ArrayDeque<>();
        Group group = new Group(position);
        while (true) {
            boolean nested = !open.isEmpty();
            int c = peek();
            if (c == '"') {
                literal(group);
            } else if (c == '[') {
                group.add(new Node.Chars(characterClass()));
            } else if (c == '<' || c == '!') {
                group.add(new Node.Token(token()));
            } else if (c == '.') {
                position++;
                group.add(new Node.Chars(CodePointSet.ALL));
            } else if (isWord(c)) {
                int start = position;
                group.add(new Node.Call(reference(name("a rule name"), start)));
            } else if (c == '(') {
                if (open.size() >= limits.depth()) {
                    throw error(
                            GrammarException.Kind.LIMIT,
                            position,
                            "groups are nested deeper than " + limits.depth() + " levels");
                }
                open.push(group);
                group = new Group(position);
                position++;
                skipSpace(true);
                continue;
            } else if (c == '|') {
                group.endAlternative();
                position++;
                skipSpace(true);
                continue;
            } else if (c == ')' && nested) {
                position++;
                Node closed = group.close();
                group = open.pop();
                group.add(closed);
                nested = !open.isEmpty();
            } else if (c == '*' || c == '+' || c == '?' || c == '{') {
                repetition(group, nested);
            } else if (nested) {
                throw error(
                        GrammarException.Kind.SYNTAX,
                        position,
                        "expected ')' for the group opened in line " + (lineOf(group.start) + 1) + ", found "
                                + found());
            } else {
                return group.close();
            }
            skipSpace(nested);
        }
    }

    private void literal(Group group) {
        int start = position++;
        StringBuilder literal = new StringBuilder();
        while (peek() != '"') {
            int at = position;
            int c = character(start, "literal");
            if (Integer.compareUnsigned(c, CodePointSet.MAX) > 0 || (c >= 0xD800 && c <= 0xDFFF)) {
                throw error(
                        GrammarException.Kind.SYNTAX,
                        at,
                        "expected a Unicode character, found U+"
                                + Integer.toHexString(c).toUpperCase(Locale.ROOT)
                                + ", which no text can contain; write characters beyond U+FFFF as \\UXXXXXXXX");
            }
            literal.appendCodePoint(c);
        }
        position++;
        group.add(new Node.Literal(literal.toString()));
        group.repeatable = !literal.isEmpty();
    }

    private CodePointSet characterClass() {
        int start = position++;
        boolean negated = peek() == '^';
        if (negated) {
            position++;
        }
        if (peek() == ']') {
            throw error(
                    GrammarException.Kind.SYNTAX,
                    start,
                    "the class is empty; name at least one character, or write . for any character");
        }
        CodePointSet.Builder set = new CodePointSet.Builder();
        while (peek() != ']') {
            int at = position;
            int low = character(start, "class");
            int high = low;
            if (peek() == '-' && peek(1) != ']') {
                position++;
                high = character(start, "class");
            }
            if (Integer.compareUnsigned(low, high) > 0) {
                throw error(
                        GrammarException.Kind.SYNTAX,
                        at,
                        "the range ends before it starts; swap its ends, or write \\- for a hyphen");
            }
            if (Integer.compareUnsigned(low, CodePointSet.MAX) <= 0) {
                set.add(low, Integer.compareUnsigned(high, CodePointSet.MAX) > 0 ? CodePointSet.MAX : high);
            }
        }
        position++;
        return negated ? set.build().complement() : set.build();
    }

    /** Reads one character or escape; a result beyond Unicode is possible for {@code \\U}. */
    private int character(int start, String what) {
        int c = peek();
        if (c == END) {
            throw error(
                    GrammarException.Kind.SYNTAX,
                    start,
                    "the " + what + " is not closed; add " + (what.equals("class") ? "]" : "\""));
        }
        position++;
        if (c != '\\') {
            return c;
        }
        int escape = peek();
        position++;
        return switch (escape) {
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'n' -> '\n';
            case '\\', '"', '[', ']', '-' -> escape;
            default -> {
                position -= 2;
                throw error(
                        GrammarException.Kind.SYNTAX,
                        position,
                        "unknown escape; use \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\xXX \\uXXXX or \\UXXXXXXXX");
            }
        };
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int c = peek();
            int digit = c == END || c > 'f' ? -1 : Character.digit(c, 16);
            if (digit < 0) {
                throw syntax(digits + " hexadecimal digits");
            }
            value = value << 4 | digit;
            position++;
        }
        return value;
    }

    private TokenTest token() {
        int start = position;
        TokenTest.Kind kind = TokenTest.Kind.IS;
        if (peek() == '!') {
            kind = TokenTest.Kind.IS_NOT;
            position++;
        }
        if (peek() != '<') {
            throw syntax("'<' of a token after '!'");
        }
        int open = position++;
        if (peek() == '[') {
            position++;
            int id = number("a token id");
            if (peek() != ']' || peek(1) != '>') {
                throw syntax("']>' after the token id");
            }
            position += 2;
            return new TokenTest(kind, id);
        }
        while (peek() != '>') {
            if (peek() == END) {
                throw error(GrammarException.Kind.SYNTAX, start, "the token is not closed; add '>'");
            }
            position++;
        }
        position++;
        String name = new String(text, open, position - open);
        OptionalInt id = vocabulary.find(name);
        if (id.isEmpty()) {
            throw error(
                    GrammarException.Kind.UNKNOWN_TOKEN,
                    open,
                    vocabulary.size() == 0
                            ? "the token " + name + " needs a vocabulary; parse with one, or write its id as <[id]>"
                            : "the vocabulary has no single token " + name + "; write its id as <[id]>");
        }
        return new TokenTest(kind, id.getAsInt());
    }

    private void repetition(Group group, boolean nested) {
        int start = position;
        if (!group.repeatable) {
            throw error(
                    GrammarException.Kind.SYNTAX,
                    start,
                    "expected something to repeat before '" + Character.toString(peek()) + "'");
        }
        int c = peek();
        position++;
        int min = c == '+' ? 1 : 0;
        int max = c == '?' ? 1 : Node.Repeat.UNBOUNDED;
        if (c == '{') {
            skipSpace(nested);
            min = number("a lower bound");
            skipSpace(nested);
            max = min;
            if (peek() == ',') {
                position++;
                skipSpace(nested);
                max = peek() == '}' ? Node.Repeat.UNBOUNDED : number("an upper bound or '}'");
                skipSpace(nested);
            }
            if (peek() != '}') {
                throw syntax("'}' after the bounds");
            }
            position++;
            int largest = Math.max(min, max);
            if (largest > limits.repetition()) {
                throw error(
                        GrammarException.Kind.LIMIT,
                        start,
                        "a repetition of " + largest + " exceeds the limit of " + limits.repetition());
            }
            if (max != Node.Repeat.UNBOUNDED && max < min) {
                throw error(
                        GrammarException.Kind.SYNTAX,
                        start,
                        "the upper bound " + max + " is below the lower bound " + min);
            }
        }
        Node body = group.sequence.removeLast();
        long copies = Math.max(1, max == Node.Repeat.UNBOUNDED ? min : max);
        if (body instanceof Node.Repeat && copies > 1 && copies * body.size() > MOST_NESTED) {
            throw error(
                    GrammarException.Kind.LIMIT,
                    start,
                    "repetitions of repetitions multiply to more than " + MOST_NESTED + " places");
        }
        group.sequence.add(Node.repeat(body, min, max));
    }

    private int number(String what) {
        int start = position;
        long value = 0;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.min(value * 10 + peek() - '0', 1L + Integer.MAX_VALUE);
            position++;
        }
        if (position == start) {
            throw syntax(what);
        }
        if (value > Integer.MAX_VALUE) {
            throw error(GrammarException.Kind.LIMIT, start, "the number is too large");
        }
        return (int) value;
    }

    private String name(String what) {
        int start = position;
        while (isWord(peek())) {
            position++;
        }
        if (position == start) {
            throw syntax(what);
        }
        return new String(text, start, position - start);
    }

    private static boolean isWord(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }

    private void skipSpace(boolean newlines) {
        while (true) {
            int c = peek();
            if (c == '#') {
                while (peek() != END && peek() != '\r' && peek() != '\n') {
                    position++;
                }
            } else if (c == ' ' || c == '\t' || (newlines && (c == '\r' || c == '\n'))) {
                position++;
            } else {
                return;
            }
        }
    }

    private int peek() {
        return peek(0);
    }

    private int peek(int ahead) {
        return position + ahead < text.length ? text[position + ahead] : END;
    }

    private String found() {
        if (peek() == END) {
            return "the end of the grammar";
        }
        return peek() == '\n' || peek() == '\r' ? "the end of the line" : "'" + Character.toString(peek()) + "'";
    }

    private GrammarException syntax(String expected) {
        return error(GrammarException.Kind.SYNTAX, position, "expected " + expected + ", found " + found());
    }

    private GrammarException error(GrammarException.Kind kind, int offset, String message) {
        int line = lineOf(offset);
        return new GrammarException(kind, message, line + 1, offset - lineStarts[line] + 1);
    }

    private int lineOf(int offset) {
        int index = Arrays.binarySearch(lineStarts, offset);
        return index >= 0 ? index : -index - 2;
    }
}
