package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Turns a regular expression into a deterministic automaton: Thompson's construction, then the subset construction.
 * Anchors are edges that can be passed only before the first or after the last code point.
 */
final class RegexCompiler {
    static final int MAX_STATES = 10_000;

    private static final int MAX_NFA_STATES = 200_000;
    private static final int EPSILON = -1;
    private static final int BEGIN = -2;
    private static final int END = -3;

    private final Regex.Reading reading;
    private final List<IntArray> edges = new ArrayList<>();
    private final List<CodePointSet> sets = new ArrayList<>();

    private RegexCompiler(Regex.Reading reading) {
        this.reading = reading;
    }

    /**
     * The texts that contain a match ({@code wholeText} false, as JSON Schema means it) or that match as a whole.
     */
    static Dfa compile(String pattern, boolean wholeText, Regex.Reading reading, GrammarLimits limits) {
        Regex regex = RegexParser.parse(pattern, reading, limits);
        RegexCompiler compiler = new RegexCompiler(reading);
        int start = compiler.newState();
        int end = compiler.newState();
        int before = compiler.newState();
        if (!wholeText) {
            compiler.chars(before, CodePointSet.ALL, before);
            compiler.chars(end, CodePointSet.ALL, end);
        }
        compiler.edge(before, EPSILON, start);
        compiler.build(regex, start, end, end);
        return compiler.determinize(before, end);
    }

    private int newState() {
        if (edges.size() >= MAX_NFA_STATES) {
            throw new GrammarException(GrammarException.Kind.LIMIT, "the pattern is too large; reduce its repetitions");
        }
        edges.add(new IntArray());
        return edges.size() - 1;
    }

    private void edge(int from, int label, int to) {
        edges.get(from).add(label);
        edges.get(from).add(to);
    }

    private void chars(int from, CodePointSet set, int to) {
        if (!set.isEmpty()) {
            sets.add(set);
            edge(from, sets.size() - 1, to);
        }
    }

    private void build(Regex regex, int from, int to, int end) {
        switch (regex) {
            case Regex.Chars chars -> chars(from, chars.set(), to);
            case Regex.Begin begin -> edge(from, BEGIN, to);
            case Regex.End last -> {
                edge(from, END, to);
                if (reading == Regex.Reading.WIDE) {
                    int newline = newState();
                    chars(from, CodePointSet.of('\n'), newline);
                    edge(newline, END, end);
                }
            }
            case Regex.Sequence sequence -> {
                int state = from;
                for (Regex part : sequence.parts()) {
                    int next = newState();
                    build(part, state, next, end);
                    state = next;
                }
                edge(state, EPSILON, to);
            }
            case Regex.Choice choice -> {
                for (Regex option : choice.options()) {
                    int first = newState();
                    edge(from, EPSILON, first);
                    build(option, first, to, end);
                }
            }
            case Regex.Repeat repeat -> repeat(repeat, from, to, end);
        }
    }

    private void repeat(Regex.Repeat repeat, int from, int to, int end) {
        int state = from;
        for (int i = 0; i < repeat.min(); i++) {
            int next = newState();
            build(repeat.body(), state, next, end);
            state = next;
        }
        if (repeat.max() < 0) {
            int loop = newState();
            int last = newState();
            edge(state, EPSILON, loop);
            build(repeat.body(), loop, last, end);
            edge(last, EPSILON, loop);
            edge(loop, EPSILON, to);
            return;
        }
        for (int i = repeat.min(); i < repeat.max(); i++) {
            edge(state, EPSILON, to);
            int next = newState();
            build(repeat.body(), state, next, end);
            state = next;
        }
        edge(state, EPSILON, to);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Subset(int[] states) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Subset that && Arrays.equals(states, that.states);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(states);
        }
    }

    private Dfa determinize(int start, int end) {
        Dfa.Builder builder = new Dfa.Builder(MAX_STATES);
        Map<Subset, Integer> ids = new HashMap<>();
        List<Subset> subsets = new ArrayList<>();
        int[] mark = new int[edges.size()];
        int round = 0;
        Subset first = closure(new int[] {start}, true, false, mark, ++round);
        Subset firstEnd = closure(new int[] {start}, true, true, mark, ++round);
        ids.put(first, builder.newState(contains(firstEnd, end)));
        subsets.add(first);
        long work = 0;
        for (int s = 0; s < subsets.size(); s++) {
            List<Interval> intervals = intervals(subsets.get(s));
            for (Interval interval : intervals) {
                Subset next = closure(interval.targets, false, false, mark, ++round);
                work += next.states.length;
                if (work > 20_000_000L) {
                    throw new GrammarException(
                            GrammarException.Kind.LIMIT, "the pattern needs too much work; simplify it");
                }
                Integer id = ids.get(next);
                if (id == null) {
                    id = builder.newState(contains(closure(next.states, false, true, mark, ++round), end));
                    ids.put(next, id);
                    subsets.add(next);
                }
                builder.edge(s, interval.low, interval.high, id);
            }
        }
        return builder.build();
    }

    private static boolean contains(Subset subset, int state) {
        return Arrays.binarySearch(subset.states, state) >= 0;
    }

    private Subset closure(int[] from, boolean atBegin, boolean atEnd, int[] mark, int round) {
        IntArray work = new IntArray();
        IntArray found = new IntArray();
        for (int state : from) {
            if (mark[state] != round) {
                mark[state] = round;
                work.add(state);
            }
        }
        while (!work.isEmpty()) {
            int state = work.removeLast();
            found.add(state);
            IntArray out = edges.get(state);
            for (int e = 0; e < out.size(); e += 2) {
                int label = out.get(e);
                boolean passes = label == EPSILON || (label == BEGIN && atBegin) || (label == END && atEnd);
                int target = out.get(e + 1);
                if (passes && mark[target] != round) {
                    mark[target] = round;
                    work.add(target);
                }
            }
        }
        int[] states = found.toArray();
        Arrays.sort(states);
        return new Subset(states);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Interval(int low, int high, int[] targets) {}

    /** Splits the code points that the subset can read into intervals with the same targets. */
    private List<Interval> intervals(Subset subset) {
        List<int[]> ranges = new ArrayList<>();
        for (int state : subset.states) {
            IntArray out = edges.get(state);
            for (int e = 0; e < out.size(); e += 2) {
                if (out.get(e) >= 0) {
                    CodePointSet set = sets.get(out.get(e));
                    for (int i = 0; i < set.rangeCount(); i++) {
                        ranges.add(new int[] {set.low(i), set.high(i), out.get(e + 1)});
                    }
                }
            }
        }
        int[] borders = ranges.stream()
                .flatMapToInt(range -> IntStream.of(range[0], range[1] + 1))
                .sorted()
                .distinct()
                .toArray();
        List<IntArray> targets = new ArrayList<>();
        for (int i = 0; i < borders.length; i++) {
            targets.add(new IntArray());
        }
        for (int[] range : ranges) {
            for (int i = Arrays.binarySearch(borders, range[0]); i < borders.length && borders[i] <= range[1]; i++) {
                targets.get(i).add(range[2]);
            }
        }
        List<Interval> intervals = new ArrayList<>();
        for (int i = 0; i + 1 < borders.length; i++) {
            if (!targets.get(i).isEmpty()) {
                intervals.add(new Interval(
                        borders[i], borders[i + 1] - 1, targets.get(i).toArray()));
            }
        }
        return intervals;
    }
}
