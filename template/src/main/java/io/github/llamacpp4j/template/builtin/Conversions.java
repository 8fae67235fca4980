package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Undefined;
import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Python's {@code int()} and {@code float()}; {@code null} stands for the errors that the filters turn into a default. */
final class Conversions {
    private static final int MAX_DIGITS = 4300;

    private Conversions() {}

    static @Nullable Object toInt(Object value, int radix) {
        return switch (value) {
            case Undefined u -> throw u.error();
            case Str s -> parseInt(s.text(), radix);
            case Double d -> Double.isNaN(d) ? null : Numbers.truncate(d);
            default -> Numbers.isInt(value) ? Numbers.plain(value) : null;
        };
    }

    static @Nullable Double toFloat(Object value) {
        return switch (value) {
            case Undefined u -> throw u.error();
            case Str s -> parseFloat(s.text());
            default -> Numbers.isNumber(value) ? (Double) Numbers.toDouble(value) : null;
        };
    }

    /** Digits of any script as ASCII digits, without white space around. */
    private static String plain(Str s) {
        String text = Strings.strip(s, io.github.llamacpp4j.template.value.Characters::isSpace, true, true)
                .text();
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(cp -> {
            int digit = cp < 0x80 ? -1 : Character.isDigit(cp) ? Character.digit(cp, 10) : -1;
            if (digit >= 0) {
                out.append((char) ('0' + digit));
            } else {
                out.appendCodePoint(cp);
            }
        });
        return out.toString();
    }

    private static @Nullable Object parseInt(String raw, int base) {
        if (base != 0 && (base < 2 || base > 36)) {
            return null;
        }
        String text = plain(Str.of(raw));
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = base;
        int prefix = digits.length() > 2 && digits.charAt(0) == '0' ? prefixRadix(digits.charAt(1)) : 0;
        boolean prefixed = prefix != 0 && (base == 0 || base == prefix);
        if (prefixed) {
            radix = prefix;
            digits = digits.substring(2);
        } else if (base == 0) {
            radix = 10;
            if (digits.startsWith("0")
                    && !digits.replace("_", "").replace("0", "").isEmpty()) {
                return null;
            }
        }
        if (!isDigits(digits, radix, prefixed)) {
            return null;
        }
        String bare = digits.replace("_", "");
        if (bare.length() > MAX_DIGITS && Integer.bitCount(radix) != 1) {
            return null;
        }
        if (bare.length() > 1 << 16) {
            throw io.github.llamacpp4j.template.value.PyError.limit("an integer of " + bare.length() + " digits");
        }
        BigInteger value = new BigInteger(bare, radix);
        return Numbers.normal(negative ? value.negate() : value);
    }

    private static int prefixRadix(char c) {
        return switch (c) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 0;
        };
    }

    private static boolean isDigits(String digits, int radix, boolean afterPrefix) {
        boolean mayUnderscore = afterPrefix;
        boolean ends = false;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c == '_') {
                if (!mayUnderscore) {
                    return false;
                }
                mayUnderscore = false;
                ends = false;
            } else if (c < 0x80 && Character.digit(c, radix) >= 0) {
                mayUnderscore = true;
                ends = true;
            } else {
                return false;
            }
        }
        return ends;
    }

    private static @Nullable Double parseFloat(String raw) {
        String text = plain(Str.of(raw));
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String body = (signed ? text.substring(1) : text).toLowerCase(Locale.ROOT);
        double sign = text.startsWith("-") ? -1 : 1;
        switch (body) {
            case "inf", "infinity" -> {
                return sign * Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> {}
        }
        int at = digits(body, 0);
        int whole = at;
        int fraction = 0;
        if (at < body.length() && body.charAt(at) == '.') {
            int end = digits(body, at + 1);
            fraction = end - at - 1;
            at = end;
        }
        if (whole + fraction == 0) {
            return null;
        }
        if (at < body.length() && body.charAt(at) == 'e') {
            int start = at + 1;
            if (start < body.length() && (body.charAt(start) == '-' || body.charAt(start) == '+')) {
                start++;
            }
            int end = digits(body, start);
            at = end > start ? end : body.length() + 1;
        }
        return at == body.length() ? (Double) (sign * Double.parseDouble(body.replace("_", ""))) : null;
    }

    private static int digits(String text, int from) {
        int i = from;
        while (i < text.length()) {
            char c = text.charAt(i);
            boolean underscore = c == '_'
                    && i > from
                    && i + 1 < text.length()
                    && text.charAt(i - 1) != '_'
                    && Character.isDigit(text.charAt(i + 1));
            if (!underscore && (c < '0' || c > '9')) {
                break;
            }
            i++;
        }
        return i;
    }

    static @Nullable Object toIntFromFloat(Env env, Object value) {
        Double d = toFloat(value);
        return d == null || Double.isNaN(d) || Double.isInfinite(d) ? null : Numbers.truncate(d);
    }
}
