package io.github.llamacpp4j.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers above zero with an exponent, as Python and JavaScript write very large and very small ones: one digit that is not zero stands
 * before the dot, so exponents alone tell which of two numbers is larger unless they are equal.
 */
final class ScientificTexts {
    /** So large that no double overflows or vanishes. */
    private static final int MOST_EXPONENT = 299;

    private static final int MAX_STATES = 1_000;
    private static final Dfa WHOLE = dfa("0|[1-9][0-9]*");

    private final @Nullable BigDecimal low;
    private final @Nullable BigDecimal high;
    private final boolean lowExcluded;
    private final boolean highExcluded;
    private final Dfa mantissas;

    private ScientificTexts(
            @Nullable BigDecimal low,
            boolean lowExcluded,
            @Nullable BigDecimal high,
            boolean highExcluded,
            int digits) {
        this.low = low;
        this.lowExcluded = lowExcluded;
        this.high = high;
        this.highExcluded = highExcluded;
        mantissas = dfa("[1-9](\\.[0-9]{1," + (digits - 1) + "})?");
    }

    /**
     * The texts of the numbers above zero between two bounds.
     *
     * @param low the lower bound, or null if there is none above zero
     * @param high the upper bound, which is above zero, or null if there is none
     * @param digits the most significant digits
     */
    static Node between(
            @Nullable BigDecimal low,
            boolean lowExcluded,
            @Nullable BigDecimal high,
            boolean highExcluded,
            int digits) {
        return new ScientificTexts(low, lowExcluded, high, highExcluded, digits).node();
    }

    private Node node() {
        int first = low == null ? -MOST_EXPONENT - 1 : exponent(low);
        int last = high == null ? MOST_EXPONENT + 1 : exponent(high);
        List<Node> options = new ArrayList<>();
        options.add(numbers(mantissas, Math.max(first + 1, -MOST_EXPONENT), Math.min(last - 1, MOST_EXPONENT)));
        if (first == last) {
            options.add(numbers(atMost(atLeast(mantissas)), first, first));
        } else {
            options.add(numbers(atLeast(mantissas), first, first));
            options.add(numbers(atMost(mantissas), last, last));
        }
        return Node.choice(options);
    }

    private Dfa atLeast(Dfa dfa) {
        return low == null
                ? dfa
                : dfa.intersect(DecimalComparison.dfa(mantissa(low), false, !lowExcluded, true), MAX_STATES);
    }

    private Dfa atMost(Dfa dfa) {
        return high == null
                ? dfa
                : dfa.intersect(DecimalComparison.dfa(mantissa(high), true, !highExcluded, false), MAX_STATES);
    }

    private static int exponent(BigDecimal bound) {
        return bound.precision() - bound.scale() - 1;
    }

    private static BigDecimal mantissa(BigDecimal bound) {
        return bound.movePointLeft(exponent(bound));
    }

    private static Node numbers(Dfa mantissa, int from, int to) {
        if (mantissa.isEmpty() || from > to || from > MOST_EXPONENT || to < -MOST_EXPONENT) {
            return Node.never();
        }
        List<Node> exponents = new ArrayList<>();
        if (from < 0) {
            exponents.add(Node.sequence(new Node.Literal("-"), magnitudes(Math.max(1, -to), -from)));
        }
        if (to >= 0) {
            exponents.add(Node.sequence(Node.optional(new Node.Literal("+")), magnitudes(Math.max(0, from), to)));
        }
        return Node.sequence(
                new Node.Text(mantissa, Escapes.NONE),
                new Node.Chars(CodePointSet.ofChars("eE")),
                Node.choice(exponents));
    }

    /** Whole numbers from one to another; a single digit may have a zero before it. */
    private static Node magnitudes(int from, int to) {
        List<Node> options = new ArrayList<>();
        options.add(texts(from, to));
        if (from <= 9) {
            options.add(Node.sequence(new Node.Literal("0"), texts(from, Math.min(9, to))));
        }
        return Node.choice(options);
    }

    private static Node texts(int from, int to) {
        Dfa between = WHOLE.intersect(DecimalComparison.dfa(BigDecimal.valueOf(from), false, true, true), MAX_STATES)
                .intersect(DecimalComparison.dfa(BigDecimal.valueOf(to), true, true, false), MAX_STATES);
        return new Node.Text(between, Escapes.NONE);
    }

    private static Dfa dfa(String pattern) {
        return RegexCompiler.compile(pattern, true, Regex.Reading.NARROW, GrammarLimits.defaults());
    }
}
