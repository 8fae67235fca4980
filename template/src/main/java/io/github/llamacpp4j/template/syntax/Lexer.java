package io.github.llamacpp4j.template.syntax;

import io.github.llamacpp4j.template.value.Characters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens as Jinja's lexer does with {@code trim_blocks} and {@code lstrip_blocks} on: a tag takes the
 * newline after it and the blanks before it on its line, {@code -} takes all white space on its side, {@code +} none.
 */
final class Lexer {
    private static final String[] OPERATORS = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";"
    };

    private final String source;
    private final int end;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
        this.end = source.length();
    }

    /** The source with {@code \n} line ends and without one final line end, as offsets refer to it. */
    static String normalise(String source) {
        String text =
                source.indexOf('\r') < 0 ? source : source.replace("\r\n", "\n").replace('\r', '\n');
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    /** The tokens of a normalised source, the last of them {@link TokenType#EOF}. */
    static List<Token> tokens(String normalisedSource) {
        Lexer lexer = new Lexer(normalisedSource);
        lexer.root();
        return lexer.tokens;
    }

    private void root() {
        while (at < end) {
            int tag = nextTag();
            if (tag < 0) {
                data(at, end);
                at = end;
                break;
            }
            char kind = source.charAt(tag + 1);
            int raw = kind == '%' ? rawBody(tag) : -1;
            char sign = sign(tag + 2);
            int dataEnd = dataEnd(at, tag, sign, kind == '{');
            data(at, dataEnd);
            int begin = tag;
            at = tag + (sign == 0 ? 2 : 3);
            if (raw >= 0) {
                at = raw;
                lineStarting = source.charAt(raw - 1) == '\n';
                raw(begin);
            } else if (kind == '#') {
                comment(begin);
            } else {
                lineStarting = false;
                expression(kind == '{', begin);
            }
        }
        tokens.add(new Token(TokenType.EOF, "", "", end));
    }

    private int nextTag() {
        int from = at;
        while (true) {
            int brace = source.indexOf('{', from);
            if (brace < 0 || brace + 1 >= end) {
                return -1;
            }
            char kind = source.charAt(brace + 1);
            if (kind == '{' || kind == '%' || kind == '#') {
                return brace;
            }
            from = brace + 1;
        }
    }

    private char sign(int offset) {
        char c = offset < end ? source.charAt(offset) : 0;
        return c == '-' || c == '+' ? c : 0;
    }

    /** Where data that a tag follows ends, once the tag's white space control has been applied. */
    private int dataEnd(int from, int tag, char sign, boolean variable) {
        if (sign == '-') {
            int stop = tag;
            while (stop > from && Characters.isSpace(source.charAt(stop - 1))) {
                stop--;
            }
            return stop;
        }
        if (sign == '+' || variable) {
            return tag;
        }
        int start = tag;
        while (start > from && source.charAt(start - 1) != '\n') {
            start--;
            if (!Characters.isSpace(source.charAt(start))) {
                return tag;
            }
        }
        return start > from || lineStarting ? start : tag;
    }

    private void data(int from, int to) {
        if (from < to) {
            tokens.add(new Token(TokenType.DATA, source.substring(from, to), "", from));
        }
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < end && Characters.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    /** The offset after a raw tag that begins here, or -1. */
    private int rawBody(int tag) {
        int i = tag + 2;
        i = skipSpace(sign(i) == 0 ? i : i + 1);
        if (!source.startsWith("raw", i)) {
            return -1;
        }
        i = skipSpace(i + 3);
        if (source.startsWith("-%}", i)) {
            return skipSpace(i + 3);
        }
        return source.startsWith("%}", i) ? i + 2 : -1;
    }

    private void raw(int begin) {
        int from = at;
        int tag = at;
        while (true) {
            tag = source.indexOf("{%", tag);
            if (tag < 0) {
                throw SyntaxError.at(begin, "Missing end of raw directive");
            }
            char sign = sign(tag + 2);
            int i = skipSpace(tag + (sign == 0 ? 2 : 3));
            if (source.startsWith("endraw", i)) {
                int after = blockEnd(skipSpace(i + 6));
                if (after >= 0) {
                    data(from, dataEnd(from, tag, sign, false));
                    moveTo(after);
                    return;
                }
            }
            tag += 2;
        }
    }

    /** The offset after a block end that stands here, with the white space it takes, or -1. */
    private int blockEnd(int i) {
        if (source.startsWith("-%}", i)) {
            return skipSpace(i + 3);
        }
        if (source.startsWith("+%}", i)) {
            return i + 3;
        }
        return source.startsWith("%}", i) ? afterNewline(i + 2) : -1;
    }

    private int afterNewline(int i) {
        return i < end && source.charAt(i) == '\n' ? i + 1 : i;
    }

    private void moveTo(int offset) {
        at = offset;
        lineStarting = source.charAt(offset - 1) == '\n';
    }

    private void comment(int begin) {
        int close = source.indexOf("#}", at);
        if (close < 0) {
            throw SyntaxError.at(begin, "Missing end of comment tag");
        }
        char before = close > at ? source.charAt(close - 1) : 0;
        moveTo(before == '-' ? skipSpace(close + 2) : before == '+' ? close + 2 : afterNewline(close + 2));
    }

    private void expression(boolean variable, int begin) {
        tokens.add(new Token(variable ? TokenType.VARIABLE_BEGIN : TokenType.BLOCK_BEGIN, "", "", begin));
        Deque<Character> open = new ArrayDeque<>();
        while (at < end) {
            if (open.isEmpty()) {
                int after = variable ? variableEnd() : blockEnd(at);
                if (after >= 0) {
                    tokens.add(new Token(variable ? TokenType.VARIABLE_END : TokenType.BLOCK_END, "", "", at));
                    moveTo(after);
                    return;
                }
            }
            token(open);
        }
        tokens.add(new Token(TokenType.EOF, "", "", end));
    }

    private int variableEnd() {
        if (source.startsWith("-}}", at)) {
            return skipSpace(at + 3);
        }
        return source.startsWith("}}", at) ? at + 2 : -1;
    }

    private void token(Deque<Character> open) {
        char c = source.charAt(at);
        if (Characters.isSpace(c)) {
            at = skipSpace(at);
        } else if (c >= '0' && c <= '9') {
            at = new NumberScanner(source, at).scan(tokens);
        } else if (c == '\'' || c == '"') {
            string(c);
        } else if (isNamePart(source.codePointAt(at))) {
            name();
        } else {
            operator(open);
        }
    }

    private static boolean isNamePart(int cp) {
        return Characters.isWord(cp)
                || (cp > 0x7f && Character.isUnicodeIdentifierPart(cp) && !Character.isIdentifierIgnorable(cp));
    }

    private void name() {
        int from = at;
        while (at < end && isNamePart(source.codePointAt(at))) {
            at += Character.charCount(source.codePointAt(at));
        }
        String name = source.substring(from, at);
        int first = name.codePointAt(0);
        if (first != '_' && !Character.isUnicodeIdentifierStart(first)) {
            throw SyntaxError.at(from, "Invalid character in identifier");
        }
        tokens.add(new Token(TokenType.NAME, name, name, from));
    }

    private void string(char quote) {
        int from = at;
        int i = at + 1;
        while (i < end && source.charAt(i) != quote) {
            i += source.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= end) {
            throw SyntaxError.at(from, "unexpected char " + (quote == '\'' ? "\"'\"" : "'\"'") + " at " + from);
        }
        String text = Escapes.decode(source.substring(from + 1, i), from);
        tokens.add(new Token(TokenType.STRING, text, text, from));
        at = i + 1;
    }

    private void operator(Deque<Character> open) {
        for (String sign : OPERATORS) {
            if (source.startsWith(sign, at)) {
                balance(sign.charAt(0), sign.length(), open);
                tokens.add(new Token(TokenType.OPERATOR, sign, sign, at));
                at += sign.length();
                return;
            }
        }
        throw SyntaxError.at(at, "unexpected char '" + Character.toString(source.codePointAt(at)) + "' at " + at);
    }

    private void balance(char c, int length, Deque<Character> open) {
        if (length > 1) {
            return;
        }
        switch (c) {
            case '{' -> open.push('}');
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '}', ')', ']' -> {
                if (open.isEmpty()) {
                    throw SyntaxError.at(at, "unexpected '" + c + "'");
                }
                char expected = open.pop();
                if (expected != c) {
                    throw SyntaxError.at(at, "unexpected '" + c + "', expected '" + expected + "'");
                }
            }
            default -> {}
        }
    }
}
