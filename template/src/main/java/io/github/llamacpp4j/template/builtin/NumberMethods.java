package io.github.llamacpp4j.template.builtin;

import io.github.llamacpp4j.template.value.Missing;
import io.github.llamacpp4j.template.value.Numbers;
import io.github.llamacpp4j.template.value.PyTuple;
import io.github.llamacpp4j.template.value.Str;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

/** The methods and properties of Python's numbers. */
final class NumberMethods {
    static final Map<String, Function> INT = Map.of(
            "bit_length",
            Function.of("bit_length", "self, /", (env, a) ->
                    (long) Numbers.big(a[0]).abs().bitLength()),
            "bit_count",
            Function.of("bit_count", "self, /", (env, a) ->
                    (long) Numbers.big(a[0]).abs().bitCount()),
            "conjugate",
            Function.of("conjugate", "self, /", (env, a) -> Numbers.plain(a[0])),
            "as_integer_ratio",
            Function.of("as_integer_ratio", "self, /", (env, a) -> new PyTuple(Numbers.plain(a[0]), 1L)));

    static final Map<String, Function> FLOAT = Map.of(
            "is_integer",
            Function.of("is_integer", "self, /", (env, a) -> {
                double d = (Double) a[0];
                return d == Math.rint(d) && !Double.isInfinite(d);
            }),
            "conjugate",
            Function.of("conjugate", "self, /", (env, a) -> a[0]),
            "hex",
            Function.of("hex", "self, /", (env, a) -> Str.of(hex((Double) a[0]))),
            "as_integer_ratio",
            Function.of("as_integer_ratio", "self, /", (env, a) -> ratio((Double) a[0])));

    private NumberMethods() {}

    static Object property(Object number, String name) {
        boolean isFloat = number instanceof Double;
        return switch (name) {
            case "real" -> Numbers.plain(number);
            case "imag" -> isFloat ? (Object) 0.0 : (Object) 0L;
            case "numerator" -> isFloat ? Missing.MISSING : Numbers.plain(number);
            case "denominator" -> isFloat ? Missing.MISSING : (Object) 1L;
            default -> Missing.MISSING;
        };
    }

    private static PyTuple ratio(double d) {
        Numbers.truncate(d);
        BigDecimal exact = new BigDecimal(d).stripTrailingZeros();
        BigInteger denominator = BigInteger.TEN.pow(Math.max(exact.scale(), 0));
        BigInteger numerator = exact.multiply(new BigDecimal(denominator)).toBigIntegerExact();
        BigInteger shared = numerator.gcd(denominator).max(BigInteger.ONE);
        return new PyTuple(Numbers.normal(numerator.divide(shared)), Numbers.normal(denominator.divide(shared)));
    }

    private static String hex(double d) {
        if (Double.isNaN(d) || Double.isInfinite(d)) {
            return Double.isNaN(d) ? "nan" : d > 0 ? "inf" : "-inf";
        }
        String java = Double.toHexString(d);
        int p = java.indexOf('p');
        int point = java.indexOf('.');
        String digits = java.substring(point + 1, p);
        String exponent = java.substring(p + 1);
        String mantissa = d == 0 ? "0" : digits + "0".repeat(Math.max(13 - digits.length(), 0));
        return java.substring(0, point + 1) + mantissa + "p" + (exponent.startsWith("-") ? "" : "+") + exponent;
    }
}
