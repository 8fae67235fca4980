package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deterministic automaton over code points. State 0 is the start; from every state an accepting one can be reached
 * (except that an automaton without any text keeps its start state).
 */
final class Dfa {
    private final int[] edgeStart;
    private final int[] low;
    private final int[] high;
    private final int[] target;
    private final boolean[] accepting;

    private Dfa(int[] edgeStart, int[] low, int[] high, int[] target, boolean[] accepting) {
        this.edgeStart = edgeStart;
        this.low = low;
        this.high = high;
        this.target = target;
        this.accepting = accepting;
    }

    int stateCount() {
        return accepting.length;
    }

    int edgeCount() {
        return low.length;
    }

    boolean isAccepting(int state) {
        return accepting[state];
    }

    int firstEdge(int state) {
        return edgeStart[state];
    }

    int endEdge(int state) {
        return edgeStart[state + 1];
    }

    int low(int edge) {
        return low[edge];
    }

    int high(int edge) {
        return high[edge];
    }

    int target(int edge) {
        return target[edge];
    }

    /** {@return whether no text is accepted} */
    boolean isEmpty() {
        return accepting.length == 1 && !accepting[0];
    }

    int next(int state, int codePoint) {
        int first = edgeStart[state];
        int last = edgeStart[state + 1] - 1;
        while (first <= last) {
            int middle = (first + last) >>> 1;
            if (codePoint < low[middle]) {
                last = middle - 1;
            } else if (codePoint > high[middle]) {
                first = middle + 1;
            } else {
                return target[middle];
            }
        }
        return -1;
    }

    boolean accepts(String text) {
        int state = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            state = next(state, text.codePointAt(i));
            if (state < 0) {
                return false;
            }
        }
        return accepting[state];
    }

    /** Exactly the given texts. */
    static Dfa ofStrings(Iterable<String> texts) {
        Builder builder = new Builder(Integer.MAX_VALUE);
        List<Map<Integer, Integer>> children = new ArrayList<>();
        children.add(new HashMap<>());
        builder.newState(false);
        for (String text : texts) {
            int[] state = {0};
            text.codePoints().forEach(c -> {
                Integer next = children.get(state[0]).get(c);
                if (next == null) {
                    next = builder.newState(false);
                    children.add(new HashMap<>());
                    children.get(state[0]).put(c, next);
                    builder.edge(state[0], c, c, next);
                }
                state[0] = next;
            });
            builder.accept(state[0]);
        }
        return builder.build();
    }

    /** Any text of {@code min} to {@code max} code points, {@code max} -1 for no upper bound. */
    static Dfa ofLength(int min, int max, int stateLimit) {
        Builder builder = new Builder(stateLimit);
        int count = max < 0 ? min : max;
        for (int i = 0; i <= count; i++) {
            builder.newState(i >= min);
        }
        for (int i = 0; i < count; i++) {
            builder.edge(i, 0, CodePointSet.MAX, i + 1);
        }
        if (max < 0) {
            builder.edge(count, 0, CodePointSet.MAX, count);
        }
        return builder.build();
    }

    Dfa complement() {
        Builder builder = new Builder(Integer.MAX_VALUE);
        int sink = stateCount();
        for (int s = 0; s < sink; s++) {
            builder.newState(!accepting[s]);
        }
        builder.newState(true);
        for (int s = 0; s <= sink; s++) {
            int next = 0;
            int end = s < sink ? edgeStart[s + 1] : 0;
            for (int e = s < sink ? edgeStart[s] : 0; e < end; e++) {
                if (low[e] > next) {
                    builder.edge(s, next, low[e] - 1, sink);
                }
                builder.edge(s, low[e], high[e], target[e]);
                next = high[e] + 1;
            }
            if (next <= CodePointSet.MAX) {
                builder.edge(s, next, CodePointSet.MAX, sink);
            }
        }
        return builder.build();
    }

    Dfa intersect(Dfa other, int stateLimit) {
        Builder builder = new Builder(stateLimit);
        Map<Long, Integer> ids = new HashMap<>();
        List<long[]> pairs = new ArrayList<>();
        ids.put(0L, builder.newState(accepting[0] && other.accepting[0]));
        pairs.add(new long[] {0, 0});
        for (int s = 0; s < pairs.size(); s++) {
            int left = (int) pairs.get(s)[0];
            int right = (int) pairs.get(s)[1];
            int i = edgeStart[left];
            int j = other.edgeStart[right];
            while (i < edgeStart[left + 1] && j < other.edgeStart[right + 1]) {
                int from = Math.max(low[i], other.low[j]);
                int to = Math.min(high[i], other.high[j]);
                if (from <= to) {
                    long key = (long) target[i] << 32 | other.target[j];
                    Integer id = ids.get(key);
                    if (id == null) {
                        id = builder.newState(accepting[target[i]] && other.accepting[other.target[j]]);
                        ids.put(key, id);
                        pairs.add(new long[] {target[i], other.target[j]});
                    }
                    builder.edge(s, from, to, id);
                }
                if (high[i] < other.high[j]) {
                    i++;
                } else {
                    j++;
                }
            }
        }
        return builder.build();
    }

    Dfa minus(Dfa other, int stateLimit) {
        return intersect(other.complement(), stateLimit);
    }

    /** Collects states and edges; the edges of one state must be added in ascending order or be disjoint. */
    static final class Builder {
        private final int stateLimit;
        private final IntArray from = new IntArray();
        private final IntArray low = new IntArray();
        private final IntArray high = new IntArray();
        private final IntArray to = new IntArray();
        private final IntArray accepting = new IntArray();

        Builder(int stateLimit) {
            this.stateLimit = stateLimit;
        }

        int newState(boolean accept) {
            if (accepting.size() >= stateLimit) {
                throw new GrammarException(
                        GrammarException.Kind.LIMIT,
                        "a pattern needs more than " + stateLimit + " states; simplify it or its bounds");
            }
            accepting.add(accept ? 1 : 0);
            return accepting.size() - 1;
        }

        void accept(int state) {
            accepting.set(state, 1);
        }

        void edge(int source, int first, int last, int target) {
            from.add(source);
            low.add(first);
            high.add(last);
            to.add(target);
        }

        /** Drops what cannot reach an accepting state. */
        Dfa build() {
            boolean[] live = liveStates();
            int[] renumbered = new int[accepting.size()];
            int count = 1;
            for (int s = 1; s < renumbered.length; s++) {
                renumbered[s] = live[s] ? count++ : -1;
            }
            boolean[] accept = new boolean[count];
            for (int s = 0; s < renumbered.length; s++) {
                if (renumbered[s] >= 0) {
                    accept[renumbered[s]] = accepting.get(s) == 1;
                }
            }
            return assemble(live, renumbered, accept);
        }

        private Dfa assemble(boolean[] live, int[] renumbered, boolean[] accept) {
            List<Integer> order = new ArrayList<>();
            for (int e = 0; e < from.size(); e++) {
                if (live[from.get(e)] && live[to.get(e)]) {
                    order.add(e);
                }
            }
            order.sort((x, y) -> {
                int byState = Integer.compare(renumbered[from.get(x)], renumbered[from.get(y)]);
                return byState != 0 ? byState : Integer.compare(low.get(x), low.get(y));
            });
            int[] start = new int[accept.length + 1];
            IntArray lows = new IntArray();
            IntArray highs = new IntArray();
            IntArray targets = new IntArray();
            int previous = -1;
            for (int e : order) {
                int source = renumbered[from.get(e)];
                int destination = renumbered[to.get(e)];
                int last = lows.size() - 1;
                if (previous == source && highs.get(last) + 1 == low.get(e) && targets.get(last) == destination) {
                    highs.set(last, high.get(e));
                    continue;
                }
                previous = source;
                lows.add(low.get(e));
                highs.add(high.get(e));
                targets.add(destination);
                start[source + 1]++;
            }
            for (int s = 0; s < accept.length; s++) {
                start[s + 1] += start[s];
            }
            return new Dfa(start, lows.toArray(), highs.toArray(), targets.toArray(), accept);
        }

        private boolean[] liveStates() {
            int states = accepting.size();
            int[] head = new int[states];
            Arrays.fill(head, -1);
            int[] next = new int[from.size()];
            for (int e = 0; e < from.size(); e++) {
                next[e] = head[to.get(e)];
                head[to.get(e)] = e;
            }
            boolean[] live = new boolean[states];
            IntArray work = new IntArray();
            for (int s = 0; s < states; s++) {
                if (accepting.get(s) == 1) {
                    live[s] = true;
                    work.add(s);
                }
            }
            while (!work.isEmpty()) {
                int state = work.removeLast();
                for (int e = head[state]; e >= 0; e = next[e]) {
                    if (!live[from.get(e)]) {
                        live[from.get(e)] = true;
                        work.add(from.get(e));
                    }
                }
            }
            return live;
        }
    }
}
