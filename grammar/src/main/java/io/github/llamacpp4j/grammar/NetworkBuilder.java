package io.github.llamacpp4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects states and edges, then checks and trims them into a {@link Network}. Walks only with stacks of its own. */
final class NetworkBuilder {
    private final GrammarLimits limits;
    private final IntArray from = new IntArray();
    private final IntArray kinds = new IntArray();
    private final IntArray a = new IntArray();
    private final IntArray b = new IntArray();
    private final IntArray to = new IntArray();
    private final IntArray ruleEntry = new IntArray();
    private final IntArray ruleFinal = new IntArray();
    private final List<Rule> rules = new ArrayList<>();
    private final List<TokenTest> tokenTests = new ArrayList<>();
    private int states;

    NetworkBuilder(GrammarLimits limits) {
        this.limits = limits;
    }

    int stateCount() {
        return states;
    }

    int newState() {
        if (states >= limits.automatonStates()) {
            throw new GrammarException(
                    GrammarException.Kind.LIMIT,
                    "the automaton needs more than " + limits.automatonStates()
                            + " states; reduce repetitions or alternatives");
        }
        return states++;
    }

    int newRule(Rule rule) {
        if (rules.size() >= limits.rules()) {
            throw new GrammarException(
                    GrammarException.Kind.LIMIT, "the grammar needs more than " + limits.rules() + " rules");
        }
        rules.add(rule);
        ruleEntry.add(newState());
        ruleFinal.add(newState());
        return rules.size() - 1;
    }

    int entryOf(int rule) {
        return ruleEntry.get(rule);
    }

    int finalOf(int rule) {
        return ruleFinal.get(rule);
    }

    void bytes(int source, int low, int high, int target) {
        edge(source, Network.BYTES, low, high, target);
    }

    void epsilon(int source, int target) {
        if (source != target) {
            edge(source, Network.EPSILON, 0, 0, target);
        }
    }

    void call(int source, int rule, int target) {
        edge(source, Network.CALL, rule, 0, target);
    }

    void token(int source, TokenTest test, int target) {
        edge(source, Network.TOKEN, tokenTests.size(), 0, target);
        tokenTests.add(test);
    }

    private void edge(int source, byte kind, int first, int second, int target) {
        if (from.size() >= 8L * limits.automatonStates()) {
            throw new GrammarException(
                    GrammarException.Kind.LIMIT,
                    "the automaton needs more than " + 8L * limits.automatonStates() + " edges; simplify the grammar");
        }
        from.add(source);
        kinds.add(kind);
        a.add(first);
        b.add(second);
        to.add(target);
    }

    /** Checks and trims; rule 0 is the root. */
    Network build() {
        boolean[] productive = productiveStates();
        if (!productive[ruleEntry.get(0)]) {
            Rule root = rules.getFirst();
            leftCallOrder(sorted(allEdges()));
            throw new GrammarException(
                    GrammarException.Kind.EMPTY,
                    "no finite text satisfies the grammar; give rule '" + root.name() + "' an alternative that ends",
                    root.line(),
                    root.column());
        }
        int[] rank = leftCallOrder(sorted(allEdges()));
        Edges edges = sorted(liveEdges(productive));
        boolean[] isFinal = new boolean[states];
        for (int r = 0; r < rules.size(); r++) {
            isFinal[ruleFinal.get(r)] = true;
        }
        return new Network(
                edges.start,
                edges.kind,
                edges.a,
                edges.b,
                edges.target,
                ruleEntry.toArray(),
                isFinal,
                nullableRules(edges),
                rank,
                tokenTests.toArray(new TokenTest[0]));
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Edges(int[] start, byte[] kind, int[] a, int[] b, int[] target) {}

    private int[] allEdges() {
        int[] all = new int[from.size()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private int[] liveEdges(boolean[] productive) {
        IntArray live = new IntArray();
        for (int e = 0; e < from.size(); e++) {
            if (satisfied(e, productive)) {
                live.add(e);
            }
        }
        return live.toArray();
    }

    private Edges sorted(int[] chosen) {
        int[] start = new int[states + 1];
        for (int e : chosen) {
            start[from.get(e) + 1]++;
        }
        for (int s = 0; s < states; s++) {
            start[s + 1] += start[s];
        }
        int[] next = Arrays.copyOf(start, states);
        Edges edges = new Edges(
                start, new byte[chosen.length], new int[chosen.length], new int[chosen.length], new int[chosen.length]);
        for (int e : chosen) {
            int slot = next[from.get(e)]++;
            edges.kind[slot] = (byte) kinds.get(e);
            edges.a[slot] = a.get(e);
            edges.b[slot] = b.get(e);
            edges.target[slot] = to.get(e);
        }
        return edges;
    }

    private boolean satisfied(int e, boolean[] productive) {
        return productive[to.get(e)] && (kinds.get(e) != Network.CALL || productive[ruleEntry.get(a.get(e))]);
    }

    /** States from which the end of their own rule can be reached with finitely many bytes. */
    private boolean[] productiveStates() {
        int count = from.size();
        int[] headByTarget = filled(states);
        int[] nextByTarget = new int[count];
        int[] headByRule = filled(rules.size());
        int[] nextByRule = new int[count];
        for (int e = 0; e < count; e++) {
            nextByTarget[e] = headByTarget[to.get(e)];
            headByTarget[to.get(e)] = e;
            if (kinds.get(e) == Network.CALL) {
                nextByRule[e] = headByRule[a.get(e)];
                headByRule[a.get(e)] = e;
            }
        }
        int[] ruleOfEntry = filled(states);
        boolean[] productive = new boolean[states];
        IntArray work = new IntArray();
        for (int r = 0; r < rules.size(); r++) {
            ruleOfEntry[ruleEntry.get(r)] = r;
            productive[ruleFinal.get(r)] = true;
            work.add(ruleFinal.get(r));
        }
        while (!work.isEmpty()) {
            int state = work.removeLast();
            for (int e = headByTarget[state]; e >= 0; e = nextByTarget[e]) {
                mark(e, productive, work);
            }
            int rule = ruleOfEntry[state];
            if (rule >= 0) {
                for (int e = headByRule[rule]; e >= 0; e = nextByRule[e]) {
                    mark(e, productive, work);
                }
            }
        }
        return productive;
    }

    private void mark(int e, boolean[] productive, IntArray work) {
        int source = from.get(e);
        if (!productive[source] && satisfied(e, productive)) {
            productive[source] = true;
            work.add(source);
        }
    }

    private static int[] filled(int size) {
        int[] array = new int[size];
        Arrays.fill(array, -1);
        return array;
    }

    private boolean[] nullableRules(Edges edges) {
        List<IntArray> callers = new ArrayList<>();
        for (int r = 0; r < rules.size(); r++) {
            callers.add(new IntArray());
        }
        boolean[] nullable = new boolean[rules.size()];
        ArrayDeque<Integer> work = new ArrayDeque<>();
        boolean[] queued = new boolean[rules.size()];
        for (int r = rules.size() - 1; r >= 0; r--) {
            work.add(r);
            queued[r] = true;
        }
        int[] seen = filled(states);
        int round = 0;
        while (!work.isEmpty()) {
            int rule = work.removeFirst();
            queued[rule] = false;
            if (nullable[rule]) {
                continue;
            }
            IntArray blocked = new IntArray();
            if (reachesEnd(edges, rule, nullable, seen, round++, blocked)) {
                nullable[rule] = true;
                for (int i = 0; i < callers.get(rule).size(); i++) {
                    int caller = callers.get(rule).get(i);
                    if (!nullable[caller] && !queued[caller]) {
                        queued[caller] = true;
                        work.add(caller);
                    }
                }
                callers.get(rule).clear();
            } else {
                for (int i = 0; i < blocked.size(); i++) {
                    callers.get(blocked.get(i)).add(rule);
                }
            }
        }
        return nullable;
    }

    private boolean reachesEnd(Edges edges, int rule, boolean[] nullable, int[] seen, int round, IntArray blocked) {
        IntArray work = new IntArray();
        work.add(ruleEntry.get(rule));
        seen[ruleEntry.get(rule)] = round;
        int end = ruleFinal.get(rule);
        while (!work.isEmpty()) {
            int state = work.removeLast();
            if (state == end) {
                return true;
            }
            for (int e = edges.start[state]; e < edges.start[state + 1]; e++) {
                boolean skips = edges.kind[e] == Network.EPSILON;
                if (edges.kind[e] == Network.CALL) {
                    skips = nullable[edges.a[e]];
                    if (!skips) {
                        blocked.add(edges.a[e]);
                    }
                }
                if (skips && seen[edges.target[e]] != round) {
                    seen[edges.target[e]] = round;
                    work.add(edges.target[e]);
                }
            }
        }
        return false;
    }

    /** A topological order of the relation "can call before reading anything"; a cycle is left recursion. */
    private int[] leftCallOrder(Edges edges) {
        boolean[] nullable = nullableRules(edges);
        int[] seen = filled(states);
        int[][] leftCalls = new int[rules.size()][];
        for (int r = 0; r < rules.size(); r++) {
            leftCalls[r] = leftCalls(edges, r, nullable, seen);
        }
        int[] rank = new int[rules.size()];
        byte[] color = new byte[rules.size()];
        int[] position = new int[rules.size()];
        int next = rules.size();
        IntArray path = new IntArray();
        for (int start = 0; start < rules.size(); start++) {
            if (color[start] != 0) {
                continue;
            }
            path.add(start);
            color[start] = 1;
            while (!path.isEmpty()) {
                int rule = path.get(path.size() - 1);
                if (position[rule] < leftCalls[rule].length) {
                    int callee = leftCalls[rule][position[rule]++];
                    if (color[callee] == 1) {
                        throw leftRecursion(callee);
                    }
                    if (color[callee] == 0) {
                        color[callee] = 1;
                        path.add(callee);
                    }
                } else {
                    color[rule] = 2;
                    rank[rule] = --next;
                    path.removeLast();
                }
            }
        }
        return rank;
    }

    private GrammarException leftRecursion(int index) {
        Rule rule = rules.get(index);
        return new GrammarException(
                GrammarException.Kind.LEFT_RECURSION,
                "rule '" + rule.name() + "' can start with itself (left recursion); write it as a repetition, "
                        + "for example a (\"+\" a)* instead of a \"+\" a",
                rule.line(),
                rule.column());
    }

    private int[] leftCalls(Edges edges, int rule, boolean[] nullable, int[] seen) {
        IntArray calls = new IntArray();
        IntArray work = new IntArray();
        work.add(ruleEntry.get(rule));
        seen[ruleEntry.get(rule)] = rule;
        while (!work.isEmpty()) {
            int state = work.removeLast();
            for (int e = edges.start[state]; e < edges.start[state + 1]; e++) {
                boolean skips = edges.kind[e] == Network.EPSILON;
                if (edges.kind[e] == Network.CALL) {
                    calls.add(edges.a[e]);
                    skips = nullable[edges.a[e]];
                }
                if (skips && seen[edges.target[e]] != rule) {
                    seen[edges.target[e]] = rule;
                    work.add(edges.target[e]);
                }
            }
        }
        return calls.toArray();
    }
}
