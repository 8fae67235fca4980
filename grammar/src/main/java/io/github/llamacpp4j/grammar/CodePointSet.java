package io.github.llamacpp4j.grammar;

import java.util.Arrays;

/**
 * An immutable set of Unicode code points, held as sorted, disjoint, inclusive ranges. Surrogates may be members but
 * never reach the automaton, since no UTF-8 text holds one.
 */
final class CodePointSet {
    static final int MAX = Character.MAX_CODE_POINT;
    static final CodePointSet EMPTY = new CodePointSet(new int[0]);
    static final CodePointSet ALL = new CodePointSet(new int[] {0, MAX});

    private final int[] ranges;

    private CodePointSet(int[] ranges) {
        this.ranges = ranges;
    }

    static CodePointSet of(int codePoint) {
        return new CodePointSet(new int[] {codePoint, codePoint});
    }

    static CodePointSet range(int low, int high) {
        return low > high ? EMPTY : new CodePointSet(new int[] {low, high});
    }

    static CodePointSet ofChars(String characters) {
        Builder builder = new Builder();
        characters.codePoints().forEach(c -> builder.add(c, c));
        return builder.build();
    }

    int rangeCount() {
        return ranges.length / 2;
    }

    int low(int index) {
        return ranges[2 * index];
    }

    int high(int index) {
        return ranges[2 * index + 1];
    }

    boolean isEmpty() {
        return ranges.length == 0;
    }

    int size() {
        int count = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            count += ranges[i + 1] - ranges[i] + 1;
        }
        return count;
    }

    boolean contains(int codePoint) {
        int low = 0;
        int high = ranges.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (codePoint < ranges[2 * middle]) {
                high = middle - 1;
            } else if (codePoint > ranges[2 * middle + 1]) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    CodePointSet union(CodePointSet other) {
        Builder builder = new Builder();
        builder.addAll(this);
        builder.addAll(other);
        return builder.build();
    }

    CodePointSet complement() {
        Builder builder = new Builder();
        int next = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] > next) {
                builder.add(next, ranges[i] - 1);
            }
            next = ranges[i + 1] + 1;
        }
        if (next <= MAX) {
            builder.add(next, MAX);
        }
        return builder.build();
    }

    CodePointSet intersect(CodePointSet other) {
        Builder builder = new Builder();
        int i = 0;
        int j = 0;
        while (i < ranges.length && j < other.ranges.length) {
            int low = Math.max(ranges[i], other.ranges[j]);
            int high = Math.min(ranges[i + 1], other.ranges[j + 1]);
            if (low <= high) {
                builder.add(low, high);
            }
            if (ranges[i + 1] < other.ranges[j + 1]) {
                i += 2;
            } else {
                j += 2;
            }
        }
        return builder.build();
    }

    CodePointSet minus(CodePointSet other) {
        return intersect(other.complement());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePointSet that && Arrays.equals(ranges, that.ranges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ranges);
    }

    /** Collects ranges in any order. */
    static final class Builder {
        private long[] pairs = new long[8];
        private int count;

        void add(int low, int high) {
            if (count == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * count);
            }
            pairs[count++] = (long) low << 32 | high;
        }

        void addAll(CodePointSet set) {
            for (int i = 0; i < set.ranges.length; i += 2) {
                add(set.ranges[i], set.ranges[i + 1]);
            }
        }

        CodePointSet build() {
            if (count == 0) {
                return EMPTY;
            }
            Arrays.sort(pairs, 0, count);
            int[] merged = new int[2 * count];
            int size = 0;
            for (int i = 0; i < count; i++) {
                int low = (int) (pairs[i] >>> 32);
                int high = (int) pairs[i];
                if (size > 0 && low <= merged[size - 1] + 1) {
                    merged[size - 1] = Math.max(merged[size - 1], high);
                } else {
                    merged[size++] = low;
                    merged[size++] = high;
                }
            }
            return new CodePointSet(Arrays.copyOf(merged, size));
        }
    }
}
