package io.github.llamacpp4j.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;

/** {@code printf}-style formatting: {@code text % arguments}. One instance formats once. */
public final class PercentFormat {
    private final Env env;
    private final Str format;
    private final String text;
    private final StrBuilder out = new StrBuilder();
    private final Object arguments;
    private int nextArgument;
    private boolean mappingUsed;
    private int at;

    private boolean left;
    private boolean plus;
    private boolean blank;
    private boolean alternate;
    private boolean zero;
    private int width;
    private int precision;

    private PercentFormat(Env env, Str format, Object arguments) {
        this.env = env;
        this.format = format;
        this.text = format.text();
        this.arguments = arguments;
    }

    /** Formats. */
    public static Str format(Env env, Str format, Object arguments) {
        return new PercentFormat(env, format, arguments).run();
    }

    private Str run() {
        int done = 0;
        while (true) {
            int percent = text.indexOf('%', done);
            if (percent < 0) {
                out.append(format, done, text.length());
                break;
            }
            out.append(format, done, percent);
            at = percent + 1;
            if (peek() == '%') {
                out.append('%');
                at++;
            } else {
                conversion();
            }
            env.budget().step();
            env.budget().string(out.chars());
            done = at;
        }
        if (!allUsed()) {
            throw PyError.runtime("not all arguments converted during string formatting");
        }
        return out.toStr().asMarkup(format.isMarkup());
    }

    private boolean allUsed() {
        if (arguments instanceof PyTuple t) {
            return nextArgument >= t.size() || mappingUsed;
        }
        return nextArgument > 0 || isMapping();
    }

    private boolean isMapping() {
        return arguments instanceof PyDict
                || (arguments instanceof PySequence && !(arguments instanceof PyTuple))
                || arguments instanceof Undefined;
    }

    private Object next() {
        if (arguments instanceof PyTuple t) {
            if (nextArgument >= t.size()) {
                throw PyError.runtime("not enough arguments for format string");
            }
            return t.item(nextArgument++);
        }
        if (nextArgument++ > 0) {
            throw PyError.runtime("not enough arguments for format string");
        }
        return arguments;
    }

    private char peek() {
        if (at >= text.length()) {
            throw PyError.runtime("incomplete format");
        }
        return text.charAt(at);
    }

    private void conversion() {
        Object argument = Missing.MISSING;
        if (peek() == '(') {
            argument = named();
        }
        flags();
        width = number();
        if (width < 0) {
            left = true;
            width = -width;
        }
        precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(number(), 0);
        }
        env.budget().string((long) width + Math.max(precision, 0));
        if (peek() == 'h' || peek() == 'l' || peek() == 'L') {
            at++;
        }
        char type = peek();
        int position = at++;
        Object value = argument == Missing.MISSING ? next() : argument;
        if ("diuoxXeEfFgGcrsa".indexOf(type) < 0) {
            throw PyError.runtime("unsupported format character '" + type + "' (0x" + Integer.toHexString(type)
                    + ") at index " + format.index(position));
        }
        convert(type, value);
    }

    private Object named() {
        if (!isMapping()) {
            throw PyError.runtime("format requires a mapping");
        }
        int depth = 1;
        int start = ++at;
        while (depth > 0) {
            if (at >= text.length()) {
                throw PyError.runtime("incomplete format key");
            }
            char c = text.charAt(at++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        Str key = Str.of(text.substring(start, at - 1));
        mappingUsed = true;
        if (arguments instanceof Undefined u) {
            throw u.error();
        }
        if (!(arguments instanceof PyDict dict)) {
            throw PyError.runtime("list indices must be integers or slices, not str");
        }
        Object value = dict.get(key);
        if (value == Missing.MISSING) {
            throw PyError.runtime(Text.quoted(key.text()));
        }
        return value;
    }

    private void flags() {
        left = false;
        plus = false;
        blank = false;
        alternate = false;
        zero = false;
        while (true) {
            switch (peek()) {
                case '-' -> left = true;
                case '+' -> plus = true;
                case ' ' -> blank = true;
                case '#' -> alternate = true;
                case '0' -> zero = true;
                default -> {
                    return;
                }
            }
            at++;
        }
    }

    private int number() {
        if (peek() == '*') {
            at++;
            Object n = next();
            if (!Numbers.isInt(n)) {
                throw PyError.runtime("* wants int");
            }
            return Math.max(Numbers.index(n), -Integer.MAX_VALUE);
        }
        long n = 0;
        while (peek() >= '0' && peek() <= '9') {
            n = Math.min(n * 10 + (text.charAt(at) - '0'), Integer.MAX_VALUE);
            at++;
        }
        return (int) n;
    }

    private void convert(char type, Object value) {
        switch (type) {
            case 's' -> text(format.isMarkup() ? Html.escape(env, value).asPlain() : Text.soft(env, value));
            case 'r', 'a' -> {
                Str repr = Text.repr(env, value);
                Str shown = type == 'a' ? repr.derived(Ascii.escape(repr.text())) : repr;
                text(format.isMarkup() ? Html.escape(shown).asPlain() : shown);
            }
            case 'c' -> character(value);
            case 'd', 'i', 'u' -> integer(toInt(type, value), 10, type);
            case 'o' -> integer(toExactInt(type, value), 8, type);
            case 'x', 'X' -> integer(toExactInt(type, value), 16, type);
            default -> floating(type, value);
        }
    }

    private void text(Str s) {
        Str shown = precision >= 0 && precision < s.length() ? s.slice(0, s.offset(precision)) : s;
        pad(shown);
    }

    private void pad(Str s) {
        int fill = width - s.length();
        if (fill > 0 && !left) {
            out.append(" ".repeat(fill));
        }
        out.append(s);
        if (fill > 0 && left) {
            out.append(" ".repeat(fill));
        }
    }

    private void character(Object value) {
        if (value instanceof Str s) {
            if (s.length() != 1) {
                throw PyError.runtime("%c requires int or char");
            }
            pad(s);
        } else if (Numbers.isInt(value)) {
            int cp = Numbers.index(value);
            if (cp < 0 || cp > Character.MAX_CODE_POINT) {
                throw PyError.runtime("%c arg not in range(0x110000)");
            }
            pad(Str.of(Character.toString(cp)));
        } else {
            throw PyError.runtime("%c requires int or char");
        }
    }

    private static Object toInt(char type, Object value) {
        if (value instanceof Double d) {
            return Numbers.truncate(d);
        }
        if (value instanceof Undefined u) {
            throw u.error();
        }
        if (!Numbers.isInt(value)) {
            throw PyError.runtime("%" + type + " format: a real number is required, not " + Text.typeName(value));
        }
        return Numbers.plain(value);
    }

    private static Object toExactInt(char type, Object value) {
        if (!Numbers.isInt(value)) {
            throw PyError.runtime("%" + type + " format: an integer is required, not " + Text.typeName(value));
        }
        return Numbers.plain(value);
    }

    private void integer(Object n, int radix, char type) {
        BigInteger value = Numbers.big(n);
        String digits = radix == 10 ? Numbers.text(value.abs()) : value.abs().toString(radix);
        if (precision > digits.length()) {
            digits = "0".repeat(precision - digits.length()) + digits;
        }
        String prefix = !alternate ? "" : radix == 16 ? "0x" : radix == 8 ? "0o" : "";
        if (type == 'X') {
            digits = digits.toUpperCase(java.util.Locale.ROOT);
            prefix = prefix.toUpperCase(java.util.Locale.ROOT);
        }
        signed(value.signum() < 0, prefix, digits, true);
    }

    private void floating(char type, Object value) {
        if (value instanceof Undefined u) {
            throw u.error();
        }
        if (!Numbers.isNumber(value)) {
            throw PyError.runtime("must be real number, not " + Text.typeName(value));
        }
        double d = Numbers.toDouble(value);
        boolean upper = Character.isUpperCase(type);
        boolean finite = !Double.isNaN(d) && !Double.isInfinite(d);
        int digits = precision < 0 ? 6 : precision;
        String body;
        if (!finite) {
            body = Double.isNaN(d) ? "nan" : "inf";
        } else {
            BigDecimal size = new BigDecimal(Math.abs(d));
            body = switch (Character.toLowerCase(type)) {
                case 'e' -> FloatText.exponential(size, digits, alternate);
                case 'f' -> FloatText.fixed(size, digits, alternate);
                default -> FloatText.general(size, digits, alternate, false);
            };
        }
        boolean negative = d < 0 || (d == 0 && 1 / d < 0);
        signed(negative, "", upper ? body.toUpperCase(java.util.Locale.ROOT) : body, finite);
    }

    private void signed(boolean negative, String prefix, String digits, boolean zeroFill) {
        String sign = negative ? "-" : plus ? "+" : blank ? " " : "";
        int fill = width - sign.length() - prefix.length() - digits.length();
        if (fill > 0 && zero && !left && zeroFill) {
            out.append(sign + prefix + "0".repeat(fill) + digits);
        } else {
            pad(Str.of(sign + prefix + digits));
        }
    }
}
