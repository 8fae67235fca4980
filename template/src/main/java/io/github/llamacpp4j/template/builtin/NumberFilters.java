package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Arithmetic;
import io.github.llamacpp4j.template.value.Env;
import io.github.llamacpp4j.template.value.FormatSpec;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.Operators;
import io.github.llamacpp4j.template.value.PyError;
import io.github.llamacpp4j.template.value.Str;
import io.github.llamacpp4j.template.value.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;

/** Filters about numbers. */
final class NumberFilters {
    private static final String[] DECIMAL = {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
    private static final String[] BINARY = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};

    private NumberFilters() {}

    static void addTo(Map<String, Function> table) {
        table.put("abs", Function.of("abs", "x, /", (env, a) -> Numbers.abs(a[0])));
        table.put("int", Function.of("int", "value, default=0, base=10", (env, a) -> {
            int base = Numbers.isInt(a[2]) ? Numbers.index(a[2]) : -1;
            Object n = a[0] instanceof Str && base == -1 ? null : Conversions.toInt(a[0], base);
            n = n == null ? Conversions.toIntFromFloat(env, a[0]) : n;
            return n == null ? a[1] : n;
        }));
        table.put("float", Function.of("float", "value, default=0.0", (env, a) -> {
            Double d = Conversions.toFloat(a[0]);
            return d == null ? a[1] : d;
        }));
        table.put("round", Function.of("round", "value, precision=0, method='common'", NumberFilters::round));
        table.put("filesizeformat", Function.of("filesizeformat", "value, binary=False", NumberFilters::fileSize));
    }

    private static Object round(Env env, Object[] a) {
        String method = a[2] instanceof Str s ? s.text() : "";
        if (method.equals("ceil") || method.equals("floor")) {
            Object scale = Arithmetic.power(env, 10L, a[1]);
            Object scaled = Arithmetic.multiply(env, a[0], scale);
            if (!Numbers.isNumber(scaled)) {
                throw PyError.runtime("must be real number, not " + Text.typeName(scaled));
            }
            Object whole = scaled instanceof Double d
                    ? Numbers.truncate(method.equals("ceil") ? Math.ceil(d) : Math.floor(d))
                    : scaled;
            return Arithmetic.divide(env, whole, scale);
        }
        if (!method.equals("common")) {
            throw PyError.runtime("method must be common, ceil or floor");
        }
        if (!Numbers.isNumber(a[0])) {
            throw PyError.runtime("type " + Text.typeName(a[0]) + " doesn't define __round__ method");
        }
        boolean toInt = Params.isNone(a[1]);
        int precision = toInt ? 0 : Numbers.index(a[1]);
        if (!(a[0] instanceof Double d)) {
            return roundInt(env, a[0], precision);
        }
        if (toInt) {
            return Numbers.truncate(Math.rint(d));
        }
        if (Double.isNaN(d) || Double.isInfinite(d) || precision > 400) {
            return d;
        }
        if (precision < -400) {
            return 0.0 * d;
        }
        double rounded =
                new BigDecimal(d).setScale(precision, RoundingMode.HALF_EVEN).doubleValue();
        if (Double.isInfinite(rounded)) {
            throw PyError.runtime("rounded value too large to represent");
        }
        return rounded == 0 ? Math.copySign(0.0, d) : rounded;
    }

    private static Object roundInt(Env env, Object value, int precision) {
        if (precision >= 0) {
            return Numbers.plain(value);
        }
        BigInteger n = Numbers.big(value);
        if (-precision > n.bitLength()) {
            return 0L;
        }
        env.budget().steps(-precision);
        return Numbers.normal(
                new BigDecimal(n).setScale(precision, RoundingMode.HALF_EVEN).toBigInteger());
    }

    private static Object fileSize(Env env, Object[] a) {
        Double bytes = Conversions.toFloat(a[0]);
        if (bytes == null) {
            throw PyError.runtime(
                    "could not convert string to float: " + Text.repr(env, a[0]).text());
        }
        boolean binary = Operators.truthy(a[1]);
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return Str.of("1 Byte");
        }
        if (bytes < base) {
            return Str.of(Text.scalar(Numbers.truncate(bytes)) + " Bytes");
        }
        double unit = base;
        String prefix = "";
        for (String next : binary ? BINARY : DECIMAL) {
            unit *= base;
            prefix = next;
            if (bytes < unit) {
                break;
            }
        }
        return FormatSpec.format(env, base * bytes / unit, ".1f").concat(Str.of(" " + prefix));
    }
}
