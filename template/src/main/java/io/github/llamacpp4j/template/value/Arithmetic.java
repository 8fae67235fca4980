package io.github.llamacpp4j.template.value;

import java.math.BigInteger;
import java.util.Arrays;

/** Python's binary and unary operators over all types. */
public final class Arithmetic {
    private Arithmetic() {}

    /** {@code a + b}. */
    public static Object add(Env env, Object a, Object b) {
        if (a instanceof Str s && b instanceof Str t) {
            env.budget().string((long) s.chars() + t.chars());
            if (s.isMarkup() || t.isMarkup()) {
                return Html.escape(s).concat(Html.escape(t)).asMarkup();
            }
            return s.concat(t);
        }
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.add(env, Numbers.plain(a), Numbers.plain(b));
        }
        failUndefined(a, b);
        if (a instanceof PyList l && b instanceof PyList m) {
            return new PyList(joined(env, l.items(), m.items()), false);
        }
        if (a instanceof PyTuple t && b instanceof PyTuple u) {
            return new PyTuple(joined(env, t.items(), u.items()));
        }
        if (a instanceof Str) {
            throw PyError.runtime("can only concatenate str (not \"" + Text.typeName(b) + "\") to str");
        }
        if (a instanceof PyList || a instanceof PyTuple) {
            String type = Text.typeName(a);
            throw PyError.runtime("can only concatenate " + type + " (not \"" + Text.typeName(b) + "\") to " + type);
        }
        throw unsupported("+", a, b);
    }

    private static Object[] joined(Env env, Object[] a, Object[] b) {
        env.budget().list((long) a.length + b.length);
        Object[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    /** {@code a - b}. */
    public static Object subtract(Env env, Object a, Object b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.subtract(env, Numbers.plain(a), Numbers.plain(b));
        }
        failUndefined(a, b);
        boolean sets = PySet.isSetView(a) || PySet.isSetView(b) || (a instanceof PySet && b instanceof PySet);
        if (sets) {
            return PySet.filtered(env, a, b, false);
        }
        throw unsupported("-", a, b);
    }

    /** {@code a * b}. */
    public static Object multiply(Env env, Object a, Object b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.multiply(env, Numbers.plain(a), Numbers.plain(b));
        }
        if (a instanceof Str s && s.isMarkup() && b instanceof Undefined) {
            throw PyError.runtime("'Undefined' object cannot be interpreted as an integer");
        }
        failUndefined(a, b);
        if (Numbers.isInt(b) && isRepeatable(a)) {
            return repeat(env, a, b);
        }
        if (Numbers.isInt(a) && isRepeatable(b)) {
            return repeat(env, b, a);
        }
        if (isRepeatable(a) || isRepeatable(b)) {
            Object other = isRepeatable(a) ? b : a;
            throw PyError.runtime("can't multiply sequence by non-int of type '" + Text.typeName(other) + "'");
        }
        throw unsupported("*", a, b);
    }

    private static boolean isRepeatable(Object o) {
        return o instanceof Str || o instanceof PyList || o instanceof PyTuple;
    }

    private static Object repeat(Env env, Object sequence, Object times) {
        BigInteger wanted = Numbers.big(times).max(BigInteger.ZERO);
        if (wanted.bitLength() > 63 || Numbers.big(times).bitLength() > 63) {
            throw PyError.runtime("cannot fit 'int' into an index-sized integer");
        }
        if (sequence instanceof Str s
                && wanted.multiply(BigInteger.valueOf(s.length())).bitLength() > 63) {
            throw PyError.runtime("repeated string is too long");
        }
        long count = wanted.bitLength() > 32 ? 1L << 32 : wanted.longValue();
        if (sequence instanceof Str s) {
            env.budget().string(s.isEmpty() ? 0 : s.chars() * count);
            return repeat(s, s.isEmpty() ? 0 : (int) count);
        }
        Object[] items = sequence instanceof PyList l ? l.items() : ((PyTuple) sequence).items();
        env.budget().list(items.length * count);
        Object[] all = new Object[(int) (items.length * count)];
        for (int i = 0; i < all.length; i += items.length) {
            System.arraycopy(items, 0, all, i, items.length);
        }
        return sequence instanceof PyList ? new PyList(all, false) : new PyTuple(all);
    }

    private static Str repeat(Str s, int count) {
        if (!s.hasValue()) {
            return Str.of(s.text().repeat(count)).asMarkup(s.isMarkup());
        }
        StrBuilder out = new StrBuilder(s.chars() * count);
        for (int i = 0; i < count; i++) {
            out.append(s);
        }
        return out.toStr().asMarkup(s.isMarkup());
    }

    /** {@code a / b}. */
    public static Object divide(Env env, Object a, Object b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.divide(Numbers.plain(a), Numbers.plain(b));
        }
        failUndefined(a, b);
        throw unsupported("/", a, b);
    }

    /** {@code a // b}. */
    public static Object floorDivide(Env env, Object a, Object b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.floorDivide(env, Numbers.plain(a), Numbers.plain(b));
        }
        failUndefined(a, b);
        throw unsupported("//", a, b);
    }

    /** {@code a % b}: remainder, or formatting where the left side is text. */
    public static Object modulo(Env env, Object a, Object b) {
        if (a instanceof Str s) {
            return PercentFormat.format(env, s, b);
        }
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.modulo(env, Numbers.plain(a), Numbers.plain(b));
        }
        failUndefined(a, b);
        throw unsupported("%", a, b);
    }

    /** {@code a ** b}. */
    public static Object power(Env env, Object a, Object b) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.power(env, Numbers.plain(a), Numbers.plain(b));
        }
        failUndefined(a, b);
        throw unsupported("** or pow()", a, b);
    }

    /** {@code -a}. */
    public static Object negate(Object a) {
        failUndefined(a, a);
        return Numbers.negate(a);
    }

    /** {@code +a}. */
    public static Object plus(Object a) {
        failUndefined(a, a);
        if (!Numbers.isNumber(a)) {
            throw PyError.runtime("bad operand type for unary +: '" + Text.typeName(a) + "'");
        }
        return Numbers.plain(a);
    }

    private static void failUndefined(Object a, Object b) {
        if (a instanceof Undefined u) {
            throw u.error();
        }
        if (b instanceof Undefined u) {
            throw u.error();
        }
    }

    private static PyError unsupported(String sign, Object a, Object b) {
        return PyError.runtime("unsupported operand type(s) for " + sign + ": '" + Text.typeName(a) + "' and '"
                + Text.typeName(b) + "'");
    }
}
