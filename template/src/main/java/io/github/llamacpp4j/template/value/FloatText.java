package io.github.llamacpp4j.template.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Floats as text, the way CPython prints them. */
public final class FloatText {
    private FloatText() {}

    /** Python's {@code repr(float)}: the shortest digits that read back equal. */
    public static String repr(double d) {
        if (Double.isNaN(d)) {
            return "nan";
        }
        if (Double.isInfinite(d)) {
            return d > 0 ? "inf" : "-inf";
        }
        if (d == Math.rint(d) && Math.abs(d) < 1e15) {
            return d == 0 && 1 / d < 0 ? "-0.0" : (long) d + ".0";
        }
        BigDecimal shortest = shortest(Math.abs(d));
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale();
        StringBuilder text = new StringBuilder(24);
        if (d < 0) {
            text.append('-');
        }
        if (point > -4 && point <= 16) {
            appendFixed(text, digits, point);
        } else {
            text.append(digits.charAt(0));
            if (digits.length() > 1) {
                text.append('.').append(digits, 1, digits.length());
            }
            appendExponent(text.append('e'), point - 1);
        }
        return text.toString();
    }

    private static void appendFixed(StringBuilder text, String digits, int point) {
        if (point <= 0) {
            text.append("0.").repeat('0', -point).append(digits);
        } else if (point >= digits.length()) {
            text.append(digits).repeat('0', point - digits.length()).append(".0");
        } else {
            text.append(digits, 0, point).append('.').append(digits, point, digits.length());
        }
    }

    /** Java's shortest form has at least two digits, Python's may have one. */
    private static BigDecimal shortest(double d) {
        BigDecimal java = new BigDecimal(Double.toString(d)).stripTrailingZeros();
        if (java.precision() == 2) {
            BigDecimal one = java.round(new MathContext(1, RoundingMode.HALF_EVEN));
            if (one.doubleValue() == d) {
                return one.stripTrailingZeros();
            }
        }
        return java;
    }

    /** {@code repr} with a point even where it has none. */
    static String pointed(String repr) {
        int e = repr.indexOf('e');
        return repr.indexOf('.') >= 0 || e < 0 ? repr : repr.substring(0, e) + "." + repr.substring(e);
    }

    static void appendExponent(StringBuilder text, int exponent) {
        text.append(exponent < 0 ? '-' : '+');
        int size = Math.abs(exponent);
        if (size < 10) {
            text.append('0');
        }
        text.append(size);
    }

    /** {@code %.Nf} of a finite, non-negative number. */
    static String fixed(BigDecimal d, int precision, boolean keepPoint) {
        String text = d.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return keepPoint && precision == 0 ? text + "." : text;
    }

    /** {@code %.Ne} of a finite, non-negative number. */
    static String exponential(BigDecimal d, int precision, boolean keepPoint) {
        String digits;
        int exponent;
        if (d.signum() == 0) {
            digits = "0".repeat(precision + 1);
            exponent = 0;
        } else {
            BigDecimal rounded = d.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
            digits = rounded.unscaledValue().toString();
            exponent = digits.length() - 1 - rounded.scale();
            if (digits.length() < precision + 1) {
                digits = digits + "0".repeat(precision + 1 - digits.length());
            } else {
                digits = digits.substring(0, precision + 1);
            }
        }
        StringBuilder text = new StringBuilder().append(digits.charAt(0));
        if (precision > 0 || keepPoint) {
            text.append('.');
        }
        text.append(digits, 1, digits.length()).append('e');
        appendExponent(text, exponent);
        return text.toString();
    }

    /** {@code %.Ng} of a finite, non-negative number; {@code pointed} asks for at least one digit after the point. */
    static String general(BigDecimal d, int precision, boolean keepZeros, boolean pointed) {
        int significant = Math.max(precision, 1);
        String exponential = exponential(d, significant - 1, false);
        int e = exponential.indexOf('e');
        int exponent = Integer.parseInt(exponential.substring(e + 1));
        int bound = pointed ? significant - 1 : significant;
        if (exponent < -4 || exponent >= bound) {
            String mantissa = exponential.substring(0, e);
            return (keepZeros ? withPoint(mantissa) : trimmed(mantissa)) + exponential.substring(e);
        }
        String fixed = fixed(d, Math.max(significant - 1 - exponent, 0), false);
        if (keepZeros) {
            return withPoint(fixed);
        }
        String text = trimmed(fixed);
        return pointed && text.indexOf('.') < 0 ? text + ".0" : text;
    }

    private static String withPoint(String text) {
        return text.indexOf('.') < 0 ? text + "." : text;
    }

    private static String trimmed(String text) {
        if (text.indexOf('.') < 0) {
            return text;
        }
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
