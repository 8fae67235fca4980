package io.github.llamacpp4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** Finds marker texts in free text (A. Aho, M. Corasick, "Efficient string matching", 1975). */
final class MarkerScanner {
    private final List<Map<Integer, Integer>> children = new ArrayList<>();
    private final List<Boolean> complete = new ArrayList<>();
    private final IntArray fallback = new IntArray();
    private final TreeSet<Integer> alphabet = new TreeSet<>();

    MarkerScanner(List<String> markers) {
        newNode();
        for (String marker : markers) {
            int node = 0;
            for (int c : marker.codePoints().toArray()) {
                alphabet.add(c);
                Integer next = children.get(node).get(c);
                if (next == null) {
                    next = newNode();
                    children.get(node).put(c, next);
                }
                node = next;
            }
            complete.set(node, true);
        }
        ArrayDeque<Integer> work = new ArrayDeque<>(List.of(0));
        while (!work.isEmpty()) {
            int node = work.poll();
            children.get(node).forEach((c, child) -> {
                int back = node == 0 ? 0 : next(fallback.get(node), c);
                fallback.set(child, back);
                complete.set(child, complete.get(child) || complete.get(back));
                work.add(child);
            });
        }
    }

    private int newNode() {
        children.add(new HashMap<>());
        complete.add(false);
        fallback.add(0);
        return children.size() - 1;
    }

    private int next(int from, int c) {
        int node = from;
        while (true) {
            Integer child = children.get(node).get(c);
            if (child != null) {
                return child;
            }
            if (node == 0) {
                return 0;
            }
            node = fallback.get(node);
        }
    }

    /** Texts without a marker. */
    Dfa without() {
        return dfa(false);
    }

    /** Texts that end with their first marker. */
    Dfa until() {
        return dfa(true);
    }

    /** Texts that end with their first marker, which is this one. */
    Dfa until(String marker) {
        int node = 0;
        for (int c : marker.codePoints().toArray()) {
            node = next(node, c);
        }
        int end = node;
        return dfa(each -> each == end);
    }

    private Dfa dfa(boolean untilMarker) {
        return dfa(node -> complete.get(node) == untilMarker);
    }

    private Dfa dfa(IntPredicate accepting) {
        Dfa.Builder builder = new Dfa.Builder(Integer.MAX_VALUE);
        for (int node = 0; node < children.size(); node++) {
            builder.newState(accepting.test(node));
        }
        CodePointSet.Builder known = new CodePointSet.Builder();
        alphabet.forEach(c -> known.add(c, c));
        CodePointSet others = known.build().complement();
        for (int node = 0; node < children.size(); node++) {
            if (complete.get(node)) {
                continue;
            }
            for (int c : alphabet) {
                builder.edge(node, c, c, next(node, c));
            }
            for (int i = 0; i < others.rangeCount(); i++) {
                builder.edge(node, others.low(i), others.high(i), 0);
            }
        }
        return builder.build();
    }
}
