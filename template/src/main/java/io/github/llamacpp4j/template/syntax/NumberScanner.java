package io.github.llamacpp4j.template.syntax;

import io.github.llamacpp4j.template.value.Numbers;
import java.math.BigInteger;
import java.util.List;

/** Reads one number literal: Python's ints with radix and underscores, and floats. */
final class NumberScanner {
    private static final int MAX_DIGITS = 4300;

    private final String source;
    private final int from;

    NumberScanner(String source, int from) {
        this.source = source;
        this.from = from;
    }

    /** Adds the token that starts here and returns the offset after it. */
    int scan(List<Token> tokens) {
        boolean afterDot = from > 0 && source.charAt(from - 1) == '.';
        int end = afterDot ? -1 : floatEnd();
        if (end >= 0) {
            String text = source.substring(from, end).replace("_", "");
            tokens.add(new Token(TokenType.FLOAT, text, Double.parseDouble(text), from));
            return end;
        }
        char kind = charAt(from + 1);
        int radix = charAt(from) != '0'
                ? 10
                : switch (kind) {
                    case 'b', 'B' -> 2;
                    case 'o', 'O' -> 8;
                    case 'x', 'X' -> 16;
                    default -> 10;
                };
        if (radix != 10) {
            int digits = digits(from + 2, radix, true);
            if (digits > from + 2) {
                return integer(tokens, source.substring(from + 2, digits), radix, digits);
            }
        }
        int stop = charAt(from) == '0' ? zeros() : digits(from, 10, false);
        return integer(tokens, source.substring(from, stop), 10, stop);
    }

    private int integer(List<Token> tokens, String text, int radix, int end) {
        String digits = text.replace("_", "");
        if (radix == 10 && digits.length() > MAX_DIGITS) {
            throw SyntaxError.at(from, "Exceeds the limit (4300 digits) for integer string conversion");
        }
        tokens.add(new Token(TokenType.INTEGER, text, Numbers.normal(new BigInteger(digits, radix)), from));
        return end;
    }

    private char charAt(int i) {
        return i < source.length() ? source.charAt(i) : 0;
    }

    private int zeros() {
        int i = from + 1;
        while (charAt(i) == '0' || (charAt(i) == '_' && charAt(i + 1) == '0')) {
            i++;
        }
        return i;
    }

    /** The offset after digits with single underscores between them (or before the first, when allowed). */
    private int digits(int start, int radix, boolean leadingUnderscore) {
        int i = start;
        while (true) {
            if (isDigit(charAt(i), radix)) {
                i++;
            } else if (charAt(i) == '_' && (i > start || leadingUnderscore) && isDigit(charAt(i + 1), radix)) {
                i += 2;
            } else {
                return i;
            }
        }
    }

    private static boolean isDigit(char c, int radix) {
        return c < 0x80 && Character.digit(c, radix) >= 0;
    }

    private int floatEnd() {
        int i = digits(from, 10, false);
        boolean isFloat = false;
        if (charAt(i) == '.' && isDigit(charAt(i + 1), 10)) {
            i = digits(i + 1, 10, false);
            isFloat = true;
        }
        if (charAt(i) == 'e' || charAt(i) == 'E') {
            int e = i + 1;
            if (charAt(e) == '+' || charAt(e) == '-') {
                e++;
            }
            if (isDigit(charAt(e), 10)) {
                i = digits(e, 10, false);
                isFloat = true;
            }
        }
        return isFloat ? i : -1;
    }
}
