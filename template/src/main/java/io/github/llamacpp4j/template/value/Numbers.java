package io.github.llamacpp4j.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Python's int, float and bool arithmetic: ints are {@link Long} while they fit and {@link BigInteger} beyond. */
public final class Numbers {
    /** Most decimal digits that Python converts between int and text. */
    static final int MAX_STR_DIGITS = 4300;

    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {}

    /** The canonical form of an int. */
    public static Object normal(BigInteger n) {
        return n.compareTo(LONG_MIN) >= 0 && n.compareTo(LONG_MAX) <= 0 ? (Object) n.longValue() : n;
    }

    /** Whether it is an int or bool. */
    public static boolean isInt(Object o) {
        return o instanceof Long || o instanceof BigInteger || o instanceof Boolean;
    }

    /** Whether it is an int, bool or float. */
    public static boolean isNumber(Object o) {
        return o instanceof Double || isInt(o);
    }

    /** A bool as the int it is; anything else as it stands. */
    public static Object plain(Object o) {
        return o instanceof Boolean b ? (Object) (b ? 1L : 0L) : o;
    }

    /** An int or bool as a big integer. */
    public static BigInteger big(Object o) {
        return switch (o) {
            case Long l -> BigInteger.valueOf(l);
            case BigInteger b -> b;
            case Boolean b -> b ? BigInteger.ONE : BigInteger.ZERO;
            default -> throw new IllegalArgumentException("not an int: " + o);
        };
    }

    /** A number as a float; fails for ints beyond the range of floats. */
    public static double toDouble(Object o) {
        return switch (o) {
            case Double d -> d;
            case Long l -> l;
            case Boolean b -> b ? 1 : 0;
            case BigInteger b -> {
                double d = b.doubleValue();
                if (Double.isInfinite(d)) {
                    throw PyError.runtime("int too large to convert to float");
                }
                yield d;
            }
            default -> throw new IllegalArgumentException("not a number: " + o);
        };
    }

    /** A whole float as an int; fails for infinities and NaN. */
    public static Object truncate(double d) {
        if (Double.isNaN(d)) {
            throw PyError.runtime("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(d)) {
            throw PyError.runtime("cannot convert float infinity to integer");
        }
        return Math.abs(d) < 0x1p62 ? (Object) (long) d : normal(new BigDecimal(d).toBigInteger());
    }

    /** Order of two numbers; NaN is a caller's concern. */
    public static int compare(Object x, Object y) {
        Object a = plain(x);
        Object b = plain(y);
        if (a instanceof Long i && b instanceof Long j) {
            return Long.compare(i, j);
        }
        if (a instanceof Double d && b instanceof Double e) {
            return d < e ? -1 : d > e ? 1 : 0;
        }
        if (a instanceof Double d) {
            return Double.isInfinite(d) ? (d > 0 ? 1 : -1) : new BigDecimal(d).compareTo(new BigDecimal(big(b)));
        }
        if (b instanceof Double d) {
            return Double.isInfinite(d) ? (d > 0 ? -1 : 1) : new BigDecimal(big(a)).compareTo(new BigDecimal(d));
        }
        return big(a).compareTo(big(b));
    }

    /** Whether a number is a NaN. */
    public static boolean isNan(Object o) {
        return o instanceof Double d && Double.isNaN(d);
    }

    static Object add(Env env, Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            long r = x + y;
            return ((x ^ r) & (y ^ r)) < 0 ? (Object) BigInteger.valueOf(x).add(BigInteger.valueOf(y)) : r;
        }
        if (a instanceof Double || b instanceof Double) {
            return toDouble(a) + toDouble(b);
        }
        return checked(env, big(a).add(big(b)));
    }

    static Object subtract(Env env, Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            long r = x - y;
            return ((x ^ y) & (x ^ r)) < 0 ? (Object) BigInteger.valueOf(x).subtract(BigInteger.valueOf(y)) : r;
        }
        if (a instanceof Double || b instanceof Double) {
            return toDouble(a) - toDouble(b);
        }
        return checked(env, big(a).subtract(big(b)));
    }

    static Object multiply(Env env, Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            return toDouble(a) * toDouble(b);
        }
        if (a instanceof Long x && b instanceof Long y) {
            long high = Math.multiplyHigh(x, y);
            long low = x * y;
            if ((high == 0 && low >= 0) || (high == -1 && low < 0)) {
                return low;
            }
        }
        BigInteger x = big(a);
        BigInteger y = big(b);
        env.budget().bits((long) x.bitLength() + y.bitLength());
        return normal(x.multiply(y));
    }

    static Object divide(Object a, Object b) {
        if (isInt(a) && isInt(b)) {
            if (big(b).signum() == 0) {
                throw PyError.runtime("division by zero");
            }
            if (a instanceof BigInteger || b instanceof BigInteger || !exact(a) || !exact(b)) {
                return divideBig(big(a), big(b));
            }
        }
        double divisor = toDouble(b);
        if (divisor == 0) {
            throw PyError.runtime(
                    a instanceof Double || b instanceof Double ? "float division by zero" : "division by zero");
        }
        return toDouble(a) / divisor;
    }

    private static boolean exact(Object o) {
        return !(o instanceof Long l) || Math.abs(l) <= 1L << 53;
    }

    private static Object divideBig(BigInteger a, BigInteger b) {
        if (a.signum() == 0) {
            return b.signum() < 0 ? -0.0 : 0.0;
        }
        BigDecimal quotient = new BigDecimal(a).divide(new BigDecimal(b), new java.math.MathContext(60));
        double d = quotient.doubleValue();
        if (Double.isInfinite(d)) {
            throw PyError.runtime("integer division result too large for a float");
        }
        return d;
    }

    static Object floorDivide(Env env, Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            double x = toDouble(a);
            double y = toDouble(b);
            if (y == 0) {
                throw PyError.runtime("float floor division by zero");
            }
            return floorDivide(x, y);
        }
        if (a instanceof Long x && b instanceof Long y && y != 0 && !(x == Long.MIN_VALUE && y == -1)) {
            return Math.floorDiv(x, y);
        }
        BigInteger y = big(b);
        if (y.signum() == 0) {
            throw PyError.runtime("integer division or modulo by zero");
        }
        env.budget().bits(big(a).bitLength());
        BigInteger[] parts = big(a).divideAndRemainder(y);
        boolean down = parts[1].signum() != 0 && parts[1].signum() != y.signum();
        return normal(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }

    private static double floorDivide(double x, double y) {
        double mod = x % y;
        double div = (x - mod) / y;
        if (mod != 0 && (y < 0) != (mod < 0)) {
            div -= 1.0;
        }
        if (div == 0) {
            return Math.copySign(0.0, x / y);
        }
        double floor = Math.floor(div);
        return div - floor > 0.5 ? floor + 1.0 : floor;
    }

    static Object modulo(Env env, Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            double x = toDouble(a);
            double y = toDouble(b);
            if (y == 0) {
                throw PyError.runtime("float modulo");
            }
            double mod = x % y;
            if (mod == 0) {
                return Math.copySign(0.0, y);
            }
            return (y < 0) != (mod < 0) ? mod + y : mod;
        }
        if (a instanceof Long x && b instanceof Long y && y != 0) {
            return Math.floorMod(x, y);
        }
        BigInteger y = big(b);
        if (y.signum() == 0) {
            throw PyError.runtime("integer division or modulo by zero");
        }
        env.budget().bits(big(a).bitLength());
        BigInteger mod = big(a).remainder(y);
        return normal(mod.signum() != 0 && mod.signum() != y.signum() ? mod.add(y) : mod);
    }

    static Object power(Env env, Object a, Object b) {
        if (isInt(a) && isInt(b)) {
            BigInteger exponent = big(b);
            if (exponent.signum() >= 0) {
                return power(env, big(a), exponent);
            }
            if (big(a).signum() == 0) {
                throw PyError.runtime("0.0 cannot be raised to a negative power");
            }
        }
        double x = toDouble(a);
        double y = toDouble(b);
        if (x == 0 && y < 0) {
            throw PyError.runtime("0.0 cannot be raised to a negative power");
        }
        if (x == 1 || y == 0) {
            return 1.0;
        }
        if (x == -1 && Double.isInfinite(y)) {
            return 1.0;
        }
        if (x < 0 && !Double.isInfinite(x) && !Double.isInfinite(y) && y != Math.rint(y)) {
            throw PyError.runtime("a complex number, which templates do not have");
        }
        double result = Math.pow(x, y);
        if (Double.isInfinite(result) && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw PyError.runtime("(34, 'Numerical result out of range')");
        }
        return result;
    }

    private static Object power(Env env, BigInteger base, BigInteger exponent) {
        if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
            boolean negative = base.signum() < 0 && exponent.testBit(0);
            return exponent.signum() == 0
                    ? (Object) 1L
                    : (negative ? -base.abs().longValue() : base.abs().longValue());
        }
        if (exponent.bitLength() > 31) {
            env.budget().bits(Long.MAX_VALUE >> 8);
        }
        int times = exponent.intValue();
        env.budget().bits((long) base.bitLength() * times);
        return normal(base.pow(times));
    }

    static Object negate(Object a) {
        return switch (plain(a)) {
            case Long l -> l == Long.MIN_VALUE ? (Object) BigInteger.valueOf(l).negate() : (Object) (-l);
            case BigInteger b -> normal(b.negate());
            case Double d -> -d;
            default -> throw PyError.runtime("bad operand type for unary -: '" + Text.typeName(a) + "'");
        };
    }

    /** The absolute value of a number. */
    public static Object abs(Object a) {
        return switch (plain(a)) {
            case Long l -> l < 0 ? negate(l) : (Object) l;
            case BigInteger b -> b.abs();
            case Double d -> Math.abs(d);
            default -> throw PyError.runtime("bad operand type for abs(): '" + Text.typeName(a) + "'");
        };
    }

    private static Object checked(Env env, BigInteger n) {
        env.budget().bits(n.bitLength());
        return normal(n);
    }

    /** The decimal text of an int; fails where Python refuses to convert. */
    public static String text(BigInteger n) {
        if (n.bitLength() > MAX_STR_DIGITS * 3.33) {
            throw PyError.runtime(
                    "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit");
        }
        return n.toString();
    }

    /** An argument that must be an int that fits 64 bits: a width or a count. */
    public static int size(Object o) {
        if (plain(o) instanceof BigInteger) {
            throw PyError.runtime("Python int too large to convert to C ssize_t");
        }
        return index(o);
    }

    /** An argument that must be an int; one that is too large stands for the largest index. */
    public static int index(Object o) {
        Object n = plain(o);
        if (n instanceof Long l) {
            return Math.clamp(l, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (n instanceof BigInteger b) {
            return b.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        if (n instanceof Undefined u && u.error().kind() == PyError.Kind.SECURITY) {
            throw u.error();
        }
        throw PyError.runtime("'" + Text.typeName(o) + "' object cannot be interpreted as an integer");
    }
}
