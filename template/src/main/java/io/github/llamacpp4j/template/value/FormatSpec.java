package io.github.llamacpp4j.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;

/** Python's format mini-language: {@code [[fill]align][sign][z][#][0][width][grouping][.precision][type]}. */
public final class FormatSpec {
    private final String spec;
    private int at;
    private int fill = ' ';
    private char align;
    private char sign = '-';
    private boolean signGiven;
    private boolean noNegativeZero;
    private boolean alternate;
    private int width;
    private char grouping;
    private int precision = -1;
    private char type;

    private FormatSpec(String spec) {
        this.spec = spec;
    }

    /** Formats a value, as {@code format(value, spec)} does. */
    public static Str format(Env env, Object value, String spec) {
        if (spec.isEmpty()) {
            return Text.soft(env, value);
        }
        if (!(value instanceof Str) && !Numbers.isNumber(value)) {
            throw PyError.runtime("unsupported format string passed to " + Text.typeName(value) + ".__format__");
        }
        return new FormatSpec(spec).run(env, value);
    }

    private Str run(Env env, Object value) {
        parse(value);
        env.budget().string((long) width + Math.max(precision, 0));
        return switch (value) {
            case Str s -> text(s);
            case Double d -> number(d);
            default ->
                "eEfFgG%".indexOf(type) >= 0 && type != 0
                        ? number(Numbers.toDouble(value))
                        : integer(Numbers.big(value));
        };
    }

    private static boolean isAlign(int c) {
        return c == '<' || c == '>' || c == '=' || c == '^';
    }

    private boolean take(char c) {
        if (at < spec.length() && spec.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void parse(Object value) {
        int first = spec.codePointAt(0);
        int afterFirst = Character.charCount(first);
        boolean fillGiven = afterFirst < spec.length() && isAlign(spec.charAt(afterFirst));
        if (fillGiven) {
            fill = first;
            align = spec.charAt(afterFirst);
            at = afterFirst + 1;
        } else if (isAlign(first)) {
            align = (char) first;
            at = 1;
        }
        if (at < spec.length() && "+- ".indexOf(spec.charAt(at)) >= 0) {
            sign = spec.charAt(at++);
            signGiven = true;
        }
        noNegativeZero = take('z');
        alternate = take('#');
        if (take('0')) {
            if (!fillGiven) {
                fill = '0';
            }
            if (align == 0 && !(value instanceof Str)) {
                align = '=';
            }
        }
        width = number();
        if (take(',')) {
            grouping = ',';
        }
        if (take('_')) {
            if (grouping != 0) {
                throw PyError.runtime("Cannot specify both ',' and '_'.");
            }
            grouping = '_';
        }
        if (take('.')) {
            int start = at;
            precision = number();
            if (at == start) {
                throw PyError.runtime("Format specifier missing precision");
            }
        }
        if (at < spec.length()) {
            type = spec.charAt(at++);
        }
        if (at < spec.length()) {
            throw PyError.runtime("Invalid format specifier");
        }
        check(value);
    }

    private void check(Object value) {
        String allowed = value instanceof Str ? "s" : value instanceof Double ? "eEfFgGn%" : "bcdeEfFgGnoxX%";
        if (type != 0 && allowed.indexOf(type) < 0) {
            throw PyError.runtime(
                    "Unknown format code '" + type + "' for object of type '" + Text.typeName(value) + "'");
        }
        boolean integral = value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
        if (integral && precision >= 0 && "eEfFgG%".indexOf(type == 0 ? 'd' : type) < 0) {
            throw PyError.runtime("Precision not allowed in integer format specifier");
        }
        if (grouping != 0 && (value instanceof Str || type == 'n' || type == 'c')) {
            throw PyError.runtime("Cannot specify '" + grouping + "' with '" + (type == 0 ? 's' : type) + "'.");
        }
        if (grouping == ',' && type != 0 && "boxX".indexOf(type) >= 0) {
            throw PyError.runtime("Cannot specify ',' with '" + type + "'.");
        }
        if (value instanceof Str) {
            if (align == '=') {
                throw PyError.runtime("'=' alignment not allowed in string format specifier");
            }
            if (signGiven) {
                throw PyError.runtime("Sign not allowed in string format specifier");
            }
            if (alternate) {
                throw PyError.runtime("Alternate form (#) not allowed in string format specifier");
            }
        }
    }

    private int number() {
        long n = 0;
        while (at < spec.length() && spec.charAt(at) >= '0' && spec.charAt(at) <= '9') {
            n = n * 10 + (spec.charAt(at++) - '0');
            if (n > Integer.MAX_VALUE) {
                throw PyError.runtime("Too many decimal digits in format string");
            }
        }
        return (int) n;
    }

    private Str text(Str s) {
        Str shown = precision >= 0 && precision < s.length() ? s.slice(0, s.offset(precision)) : s;
        return padded(shown.asPlain(), align == 0 ? '<' : align);
    }

    private Str padded(Str s, char where) {
        int room = width - s.length();
        if (room <= 0) {
            return s;
        }
        int before = where == '<' ? 0 : where == '^' ? room / 2 : room;
        String pad = Character.toString(fill);
        return new StrBuilder(s.chars() + room)
                .append(pad.repeat(before))
                .append(s)
                .append(pad.repeat(room - before))
                .toStr();
    }

    private Str integer(BigInteger n) {
        if (type == 'c') {
            if (signGiven || alternate) {
                throw PyError.runtime(
                        (signGiven ? "Sign" : "Alternate form (#)") + " not allowed with integer format specifier 'c'");
            }
            if (n.signum() < 0 || n.bitLength() > 21 || n.intValue() > Character.MAX_CODE_POINT) {
                throw PyError.runtime("%c arg not in range(0x110000)");
            }
            return padded(Str.of(Character.toString(n.intValue())), align == 0 || align == '=' ? '>' : align);
        }
        int radix = switch (type) {
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x', 'X' -> 16;
            default -> 10;
        };
        String digits = radix == 10 ? Numbers.text(n.abs()) : n.abs().toString(radix);
        String prefix = !alternate || radix == 10 ? "" : radix == 2 ? "0b" : radix == 8 ? "0o" : "0x";
        if (type == 'X') {
            digits = digits.toUpperCase(Locale.ROOT);
            prefix = prefix.toUpperCase(Locale.ROOT);
        }
        return signed(n.signum() < 0, prefix, digits, "", radix == 10 ? 3 : 4);
    }

    private Str number(double value) {
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            String word = Double.isNaN(value) ? "nan" : "inf";
            boolean upper = type == 'E' || type == 'F' || type == 'G';
            String suffix = type == '%' ? "%" : "";
            return signed(negative, "", upper ? word.toUpperCase(Locale.ROOT) : word, suffix, 0);
        }
        BigDecimal size = new BigDecimal(Math.abs(value));
        int digits = precision < 0 ? 6 : precision;
        String body = switch (type) {
            case 'e', 'E' -> FloatText.exponential(size, digits, alternate);
            case 'f', 'F' -> FloatText.fixed(size, digits, alternate);
            case '%' -> FloatText.fixed(new BigDecimal(Math.abs(value * 100)), digits, alternate);
            case 'g', 'G', 'n' -> FloatText.general(size, digits, alternate, false);
            default -> precision < 0 ? shortest(Math.abs(value)) : FloatText.general(size, precision, alternate, true);
        };
        if (noNegativeZero && negative && body.chars().allMatch(c -> c == '0' || c == '.')) {
            negative = false;
        }
        if (type == 'E' || type == 'F' || type == 'G') {
            body = body.toUpperCase(Locale.ROOT);
        }
        int whole = 0;
        while (whole < body.length() && Character.isDigit(body.charAt(whole))) {
            whole++;
        }
        return signed(negative, "", body.substring(0, whole), body.substring(whole) + (type == '%' ? "%" : ""), 3);
    }

    private String shortest(double size) {
        String repr = FloatText.repr(size);
        return alternate ? FloatText.pointed(repr) : repr;
    }

    private Str signed(boolean negative, String prefix, String whole, String rest, int group) {
        String mark = negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
        String digits = whole;
        if (grouping != 0 && group > 0) {
            int room = align == '=' && fill == '0' ? width - mark.length() - prefix.length() - rest.length() : 0;
            digits = grouped(whole, group, room);
        }
        if (align != '=') {
            return padded(Str.of(mark + prefix + digits + rest), align == 0 ? '>' : align);
        }
        int room = width - mark.length() - prefix.length() - digits.length() - rest.length();
        String pad = room > 0 ? Character.toString(fill).repeat(room) : "";
        return Str.of(mark + prefix + pad + digits + rest);
    }

    private String grouped(String digits, int group, int room) {
        StringBuilder all = new StringBuilder(digits).reverse();
        while (all.length() + (all.length() - 1) / group < room) {
            all.append('0');
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < all.length(); i++) {
            if (i > 0 && i % group == 0) {
                text.append(grouping);
            }
            text.append(all.charAt(i));
        }
        return text.reverse().toString();
    }
}
