package io.github.llamacpp4j.grammar;

import java.math.BigDecimal;

/** Compares unsigned decimal texts without exponent and without leading zeros to a bound, digit by digit. */
final class DecimalComparison {
    private final Dfa.Builder builder = new Dfa.Builder(Integer.MAX_VALUE);
    private final String whole;
    private final String fraction;
    private final boolean less;
    private final boolean equal;
    private final boolean greater;

    private DecimalComparison(BigDecimal bound, boolean less, boolean equal, boolean greater) {
        String plain = bound.stripTrailingZeros().toPlainString();
        int dot = plain.indexOf('.');
        whole = dot < 0 ? plain : plain.substring(0, dot);
        fraction = dot < 0 ? "" : plain.substring(dot + 1);
        this.less = less;
        this.equal = equal;
        this.greater = greater;
    }

    /** The texts whose value compares to the bound (not negative) in one of the chosen ways. */
    static Dfa dfa(BigDecimal bound, boolean less, boolean equal, boolean greater) {
        return new DecimalComparison(bound, less, equal, greater).build();
    }

    private Dfa build() {
        int start = builder.newState(false);
        int smaller = builder.newState(less);
        int larger = builder.newState(greater);
        digits(smaller, 0, 9, smaller);
        digits(larger, 0, 9, larger);
        int fractionStart = fractionStates(smaller, larger);
        int longer = builder.newState(greater);
        digits(longer, 0, 9, longer);
        dot(longer, larger);
        int same = start;
        int below = -1;
        int above = -1;
        for (int i = 0; i < whole.length(); i++) {
            int digit = whole.charAt(i) - '0';
            boolean last = i == whole.length() - 1;
            int nextBelow = builder.newState(less);
            int nextAbove = builder.newState(last ? greater : less);
            int nextSame = builder.newState((!last || !fraction.isEmpty()) ? less : equal);
            digits(same, 0, digit - 1, nextBelow);
            digits(same, digit, digit, nextSame);
            digits(same, digit + 1, 9, nextAbove);
            if (below >= 0) {
                digits(below, 0, 9, nextBelow);
                digits(above, 0, 9, nextAbove);
            }
            dot(nextBelow, smaller);
            dot(nextAbove, last ? larger : smaller);
            dot(nextSame, last ? fractionStart : smaller);
            below = nextBelow;
            above = nextAbove;
            same = nextSame;
        }
        digits(same, 0, 9, longer);
        digits(below, 0, 9, longer);
        digits(above, 0, 9, longer);
        return builder.build();
    }

    /** The states after a dot when the whole parts are equal. */
    private int fractionStates(int smaller, int larger) {
        int first = builder.newState(fraction.isEmpty() ? equal : less);
        int state = first;
        for (int i = 0; i < fraction.length(); i++) {
            int digit = fraction.charAt(i) - '0';
            int next = builder.newState(i == fraction.length() - 1 ? equal : less);
            digits(state, 0, digit - 1, smaller);
            digits(state, digit, digit, next);
            digits(state, digit + 1, 9, larger);
            state = next;
        }
        digits(state, 0, 0, state);
        digits(state, 1, 9, larger);
        return first;
    }

    private void digits(int from, int low, int high, int to) {
        if (low <= high) {
            builder.edge(from, '0' + low, '0' + high, to);
        }
    }

    private void dot(int from, int to) {
        builder.edge(from, '.', '.', to);
    }
}
