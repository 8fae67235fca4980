package io.github.llamacpp4j.template.syntax;

/** Python's {@code unicode-escape} as Jinja applies it: to text whose non-ASCII characters were escaped before. */
final class Escapes {
    private Escapes() {}

    /** The text of a string literal's inside; {@code offset} is for the error. */
    static String decode(String literal, int offset) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        String ascii = ascii(literal);
        StringBuilder out = new StringBuilder(ascii.length());
        int i = 0;
        while (i < ascii.length()) {
            char c = ascii.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (i >= ascii.length()) {
                throw SyntaxError.at(offset, "\\ at end of string");
            }
            char kind = ascii.charAt(i++);
            switch (kind) {
                case '\n' -> {}
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'v' -> out.append('\u000b');
                case '\\', '\'', '"' -> out.append(kind);
                case 'x' -> i = hex(ascii, i, 2, out, offset);
                case 'u' -> i = hex(ascii, i, 4, out, offset);
                case 'U' -> i = hex(ascii, i, 8, out, offset);
                case 'N' -> i = named(ascii, i, out, offset);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> i = octal(ascii, i - 1, out);
                default -> out.append('\\').append(kind);
            }
        }
        return out.toString();
    }

    private static String ascii(String literal) {
        if (literal.chars().allMatch(c -> c < 0x80)) {
            return literal;
        }
        StringBuilder out = new StringBuilder(literal.length() * 2);
        literal.codePoints().forEach(cp -> {
            if (cp < 0x80) {
                out.append((char) cp);
            } else {
                String hex = Integer.toHexString(cp);
                int width = cp < 0x100 ? 2 : cp < 0x10000 ? 4 : 8;
                out.append('\\').append(width == 2 ? 'x' : width == 4 ? 'u' : 'U');
                out.append("0".repeat(width - hex.length())).append(hex);
            }
        });
        return out.toString();
    }

    private static int hex(String s, int from, int width, StringBuilder out, int offset) {
        int value = 0;
        for (int i = from; i < from + width; i++) {
            int digit = i < s.length() ? Character.digit(s.charAt(i), 16) : -1;
            if (digit < 0) {
                throw SyntaxError.at(
                        offset, "truncated \\" + "?xu???U".charAt(width == 2 ? 1 : width == 4 ? 2 : 6) + " escape");
            }
            value = value << 4 | digit;
        }
        if (value < 0 || value > Character.MAX_CODE_POINT) {
            throw SyntaxError.at(offset, "illegal Unicode character");
        }
        out.appendCodePoint(value);
        return from + width;
    }

    private static int octal(String s, int from, StringBuilder out) {
        int value = 0;
        int i = from;
        while (i < from + 3 && i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '7') {
            value = value * 8 + (s.charAt(i++) - '0');
        }
        out.appendCodePoint(value);
        return i;
    }

    private static int named(String s, int from, StringBuilder out, int offset) {
        int close = s.startsWith("{", from) ? s.indexOf('}', from) : -1;
        if (close < 0) {
            throw SyntaxError.at(offset, "malformed \\N character escape");
        }
        try {
            out.appendCodePoint(Character.codePointOf(s.substring(from + 1, close)));
        } catch (IllegalArgumentException e) {
            throw SyntaxError.at(offset, "unknown Unicode character name");
        }
        return close + 1;
    }
}
