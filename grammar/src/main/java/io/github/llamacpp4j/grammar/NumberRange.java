package io.github.llamacpp4j.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on a number, and the decimal texts that meet them. Immutable.
 *
 * @param kind whole, not whole, or either
 * @param min the lower bound, if any
 * @param minExcluded whether the bound itself is out
 * @param max the upper bound, if any
 * @param maxExcluded whether the bound itself is out
 * @param multiples what it must be a multiple of
 * @param excluded single numbers that are out
 */
record NumberRange(
        Kind kind,
        @Nullable BigDecimal min,
        boolean minExcluded,
        @Nullable BigDecimal max,
        boolean maxExcluded,
        List<BigDecimal> multiples,
        List<BigDecimal> excluded) {
    static final NumberRange ANY = new NumberRange(Kind.ANY, null, false, null, false, List.of(), List.of());

    private static final int MAX_DIGITS = 400;
    /** Decimal texts with so many significant digits are all different doubles. */
    private static final int EXACT_DIGITS = 15;

    /** What the shortest text of a double may need. */
    private static final int DOUBLE_DIGITS = 17;

    private static final int DOUBLE_FRACTION_DIGITS = 21;
    private static final int MAX_STATES = 20_000;
    private static final Node INTEGER = regex("-?[1-9][0-9]*|0");
    private static final Node NUMBER = regex("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");

    enum Kind {
        ANY,
        INTEGER,
        FRACTION,
        NONE;

        Kind and(Kind other) {
            if (this == other || other == ANY) {
                return this;
            }
            return this == ANY ? other : NONE;
        }
    }

    static NumberRange ofKind(Kind kind) {
        return new NumberRange(kind, null, false, null, false, List.of(), List.of());
    }

    static NumberRange atLeast(BigDecimal bound, boolean excluded) {
        return new NumberRange(Kind.ANY, bound, excluded, null, false, List.of(), List.of());
    }

    static NumberRange atMost(BigDecimal bound, boolean excluded) {
        return new NumberRange(Kind.ANY, null, false, bound, excluded, List.of(), List.of());
    }

    static NumberRange multipleOf(BigDecimal step) {
        return new NumberRange(Kind.ANY, null, false, null, false, List.of(step), List.of());
    }

    static NumberRange not(BigDecimal number) {
        return new NumberRange(Kind.ANY, null, false, null, false, List.of(), List.of(number));
    }

    NumberRange and(NumberRange other) {
        BigDecimal low = min;
        boolean lowExcluded = minExcluded;
        if (other.min != null && (low == null || other.min.compareTo(low) > 0)) {
            low = other.min;
            lowExcluded = other.minExcluded;
        } else if (other.min != null && other.min.compareTo(low) == 0) {
            lowExcluded |= other.minExcluded;
        }
        BigDecimal high = max;
        boolean highExcluded = maxExcluded;
        if (other.max != null && (high == null || other.max.compareTo(high) < 0)) {
            high = other.max;
            highExcluded = other.maxExcluded;
        } else if (other.max != null && other.max.compareTo(high) == 0) {
            highExcluded |= other.maxExcluded;
        }
        return new NumberRange(
                kind.and(other.kind),
                low,
                lowExcluded,
                high,
                highExcluded,
                Shape.join(multiples, other.multiples),
                Shape.join(excluded, other.excluded));
    }

    boolean accepts(BigDecimal value) {
        boolean whole = JsonValues.isInteger(value);
        if (kind == Kind.NONE || (kind == Kind.INTEGER && !whole) || (kind == Kind.FRACTION && whole)) {
            return false;
        }
        if (min != null && value.compareTo(min) < (minExcluded ? 1 : 0)) {
            return false;
        }
        if (max != null && value.compareTo(max) > (maxExcluded ? -1 : 0)) {
            return false;
        }
        for (BigDecimal step : multiples) {
            if (value.remainder(step).signum() != 0) {
                return false;
            }
        }
        return excluded.stream().noneMatch(out -> out.compareTo(value) == 0);
    }

    /** The numbers, if they are whole and at most so many. */
    Optional<List<BigInteger>> integers(int most) {
        if (kind != Kind.INTEGER || min == null || max == null) {
            return kind == Kind.NONE ? Optional.of(List.of()) : Optional.empty();
        }
        BigInteger first = min.setScale(0, RoundingMode.CEILING).toBigInteger();
        BigInteger last = max.setScale(0, RoundingMode.FLOOR).toBigInteger();
        if (last.subtract(first).compareTo(BigInteger.valueOf(10L * most)) > 0) {
            return Optional.empty();
        }
        List<BigInteger> integers = new ArrayList<>();
        for (BigInteger each = first; each.compareTo(last) <= 0; each = each.add(BigInteger.ONE)) {
            if (accepts(new BigDecimal(each))) {
                integers.add(each);
            }
        }
        return Optional.of(integers);
    }

    boolean isEmpty() {
        if (kind == Kind.NONE) {
            return true;
        }
        return min != null
                && max != null
                && (min.compareTo(max) > 0
                        || (min.compareTo(max) == 0 && (minExcluded || maxExcluded || !accepts(min))));
    }

    /** The bound or number that has too many digits to be compared with, if any. */
    @Nullable
    BigDecimal oversized() {
        for (BigDecimal number : constants()) {
            if (Math.abs((long) number.scale()) > MAX_DIGITS || number.precision() > MAX_DIGITS) {
                return number;
            }
        }
        return null;
    }

    /**
     * The step that decimal texts and binary arithmetic do not agree on, or that is too large, if any. Validators
     * divide doubles, so a step such as 0.01 would reject 0.07; sums of powers of two are exact.
     */
    @Nullable
    BigDecimal inexactStep() {
        for (BigDecimal step : multiples) {
            BigDecimal scaled = step.multiply(BigDecimal.valueOf(1L << 40));
            if (!JsonValues.isInteger(scaled)
                    || unscaled(step, fractionDigits(step)).compareTo(BigInteger.valueOf(4_000)) > 0) {
                return step;
            }
        }
        return null;
    }

    private List<BigDecimal> constants() {
        List<BigDecimal> constants = new ArrayList<>(excluded);
        constants.addAll(multiples);
        if (min != null) {
            constants.add(min);
        }
        if (max != null) {
            constants.add(max);
        }
        return constants;
    }

    /** The decimal texts of these numbers. */
    Node text() {
        boolean free = min == null && max == null && multiples.isEmpty() && excluded.isEmpty();
        if (free && kind == Kind.ANY) {
            return NUMBER;
        }
        if (free && kind == Kind.INTEGER) {
            return INTEGER;
        }
        Dfa form = magnitudes();
        Dfa positive = form;
        Dfa negative = form.intersect(DecimalComparison.dfa(BigDecimal.ZERO, false, false, true), MAX_STATES);
        if (min != null) {
            positive = limited(positive, min, 1, minExcluded);
            negative = limited(negative, min.negate(), -1, minExcluded);
        }
        if (max != null) {
            positive = limited(positive, max, -1, maxExcluded);
            negative = limited(negative, max.negate(), 1, maxExcluded);
        }
        for (BigDecimal step : multiples) {
            Dfa allowed = multiplesDfa(step);
            positive = positive.intersect(allowed, MAX_STATES);
            negative = negative.intersect(allowed, MAX_STATES);
        }
        for (BigDecimal out : excluded) {
            Dfa others = DecimalComparison.dfa(out.abs(), true, false, true);
            if (out.signum() >= 0) {
                positive = positive.intersect(others, MAX_STATES);
            } else {
                negative = negative.intersect(others, MAX_STATES);
            }
        }
        List<Node> options = new ArrayList<>();
        if (!positive.isEmpty()) {
            options.add(new Node.Text(positive, Escapes.NONE));
        }
        if (!negative.isEmpty()) {
            options.add(Node.sequence(new Node.Literal("-"), new Node.Text(negative, Escapes.NONE)));
        }
        if (kind == Kind.ANY && multiples.isEmpty() && excluded.isEmpty()) {
            options.add(scientific());
        }
        return Node.choice(options);
    }

    private Node scientific() {
        int digits = sharpBounds().isEmpty() ? DOUBLE_DIGITS : EXACT_DIGITS;
        Node positive = max != null && max.signum() <= 0
                ? Node.never()
                : ScientificTexts.between(aboveZero(min), minExcluded, max, maxExcluded, digits);
        Node negative = min != null && min.signum() >= 0
                ? Node.never()
                : ScientificTexts.between(
                        aboveZero(max == null ? null : max.negate()),
                        maxExcluded,
                        min == null ? null : min.negate(),
                        minExcluded,
                        digits);
        return Node.choice(positive, negative.isNever() ? negative : Node.sequence(new Node.Literal("-"), negative));
    }

    private static @Nullable BigDecimal aboveZero(@Nullable BigDecimal bound) {
        return bound == null || bound.signum() <= 0 ? null : bound;
    }

    /** Keeps magnitudes on one side of a bound: above for direction 1, below for -1. */
    private static Dfa limited(Dfa dfa, BigDecimal bound, int direction, boolean excludedBound) {
        if (bound.signum() < 0) {
            return direction > 0 ? dfa : dfa.intersect(Dfa.ofStrings(List.of()), MAX_STATES);
        }
        return dfa.intersect(DecimalComparison.dfa(bound, direction < 0, !excludedBound, direction > 0), MAX_STATES);
    }

    private Dfa magnitudes() {
        String whole = "(0|[1-9][0-9]*)";
        boolean wholeOnly = kind == Kind.INTEGER || multiples.stream().anyMatch(JsonValues::isInteger);
        int digits = fractionLimit();
        if (kind == Kind.FRACTION) {
            return wholeOnly || digits == 0
                    ? Dfa.ofStrings(List.of())
                    : dfa(whole + "\\.[0-9]{0," + (digits - 1) + "}[1-9]");
        }
        return dfa(wholeOnly || digits == 0 ? whole : whole + "(\\.[0-9]{1," + digits + "})?");
    }

    /** So few fraction digits that a text beside a number that is out is not read as the same double. */
    private int fractionLimit() {
        List<BigDecimal> sharp = new ArrayList<>(sharpBounds());
        sharp.addAll(excluded);
        if (kind == Kind.FRACTION) {
            sharp.addAll(constants());
        }
        int limit = kind == Kind.FRACTION ? EXACT_DIGITS - 1 : DOUBLE_FRACTION_DIGITS;
        for (BigDecimal out : sharp) {
            limit = Math.min(limit, EXACT_DIGITS - Math.max(1, out.precision() - out.scale()));
        }
        for (BigDecimal constant : sharp.isEmpty() ? constants() : List.<BigDecimal>of()) {
            limit = Math.max(limit, fractionDigits(constant));
        }
        return Math.max(0, limit);
    }

    /** Bounds that are out, but zero, which no text above or below it is read as. */
    private List<BigDecimal> sharpBounds() {
        List<BigDecimal> bounds = new ArrayList<>();
        if (min != null && minExcluded && min.signum() != 0) {
            bounds.add(min);
        }
        if (max != null && maxExcluded && max.signum() != 0) {
            bounds.add(max);
        }
        return bounds;
    }

    private static int fractionDigits(BigDecimal number) {
        return number.signum() == 0
                ? 0
                : Math.max(0, number.stripTrailingZeros().scale());
    }

    private static BigInteger unscaled(BigDecimal number, int fraction) {
        return number.movePointRight(fraction).toBigIntegerExact();
    }

    private static Dfa multiplesDfa(BigDecimal step) {
        int fraction = fractionDigits(step);
        int modulus = unscaled(step, fraction).intValueExact();
        Dfa.Builder builder = new Dfa.Builder(MAX_STATES * 4);
        for (int read = 0; read <= fraction; read++) {
            for (int rest = 0; rest < modulus; rest++) {
                BigInteger shifted = BigInteger.valueOf(rest).multiply(BigInteger.TEN.pow(fraction - read));
                builder.newState(shifted.mod(BigInteger.valueOf(modulus)).signum() == 0);
            }
        }
        int dots = (fraction + 1) * modulus;
        for (int rest = 0; fraction > 0 && rest < modulus; rest++) {
            builder.newState(false);
            builder.edge(rest, '.', '.', dots + rest);
        }
        for (int read = 0; read <= fraction; read++) {
            for (int rest = 0; rest < modulus; rest++) {
                for (int digit = 0; digit <= 9; digit++) {
                    int next = (rest * 10 + digit) % modulus;
                    if (read == 0) {
                        builder.edge(rest, '0' + digit, '0' + digit, next);
                    } else {
                        int source = read == 1 ? dots + rest : (read - 1) * modulus + rest;
                        builder.edge(source, '0' + digit, '0' + digit, read * modulus + next);
                    }
                }
            }
        }
        return builder.build();
    }

    private static Dfa dfa(String pattern) {
        return RegexCompiler.compile(pattern, true, Regex.Reading.NARROW, GrammarLimits.defaults());
    }

    private static Node regex(String pattern) {
        return new Node.Text(dfa(pattern), Escapes.NONE);
    }
}
