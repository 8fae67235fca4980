package io.github.llamacpp4j.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Turns rules into a {@link Network}. Small rules without calls are copied into their callers; large repetitions become
 * rules that double, so that a bound of a million costs twenty rules.
 *
 * <p>With {@code full(k)} = 2^k blocks and {@code less(k)} = any number below 2^k blocks,
 * {@code full(k) = full(k-1) full(k-1)} and {@code less(k) = less(k-1) | full(k-1) less(k-1)}.
 */
final class Lowering {
    private static final int INLINE_RULE_SIZE = 48;
    private static final int INLINE_REPEAT_SIZE = 4_096;
    /** Masks are found faster in copies than in rules that double; so these are made as long as the network is small. */
    private static final int COPIED_REPEAT_SIZE = 131_072;

    private static final int SMALL_NETWORK = 65_536;
    private static final int BLOCK_SIZE = 1_024;

    private final NetworkBuilder network;
    private final Utf8 utf8;
    private final IdentityHashMap<Rule, Integer> ids = new IdentityHashMap<>();
    private final ArrayDeque<Rule> pending = new ArrayDeque<>();
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();

    private record Task(Node node, int from, int to) {}

    private Lowering(GrammarLimits limits) {
        network = new NetworkBuilder(limits);
        utf8 = new Utf8(network);
    }

    /** Lowers the root, what it calls, and the other rules too, so that they are checked. */
    static Network lower(Rule root, Iterable<Rule> others, GrammarLimits limits) {
        Lowering lowering = new Lowering(limits);
        lowering.idOf(root);
        lowering.drain();
        for (Rule rule : others) {
            lowering.idOf(rule);
            lowering.drain();
        }
        return lowering.network.build();
    }

    private int idOf(Rule rule) {
        Integer known = ids.get(rule);
        if (known != null) {
            return known;
        }
        int id = network.newRule(rule);
        ids.put(rule, id);
        pending.add(rule);
        return id;
    }

    private void drain() {
        while (true) {
            Task task = tasks.pollLast();
            if (task != null) {
                lower(task);
                continue;
            }
            Rule rule = pending.pollLast();
            if (rule == null) {
                return;
            }
            int id = idOf(rule);
            push(rule.body(), network.entryOf(id), network.finalOf(id));
        }
    }

    private void push(Node node, int from, int to) {
        tasks.addLast(new Task(node, from, to));
    }

    private void lower(Task task) {
        int from = task.from();
        int to = task.to();
        switch (task.node()) {
            case Node.Literal literal -> literal(literal.text(), from, to);
            case Node.Chars chars -> utf8.add(from, to, chars.set());
            case Node.Sequence sequence -> sequence(sequence, from, to);
            case Node.Choice choice -> {
                for (Node option : choice.options()) {
                    push(option, from, to);
                }
            }
            case Node.Repeat repeat -> repeat(repeat, from, to);
            case Node.Call call -> call(call.rule(), from, to);
            case Node.Token token -> network.token(from, token.test(), to);
            case Node.Text text -> text(text, from, to);
            case Node.Members members -> members(members, from, to);
        }
    }

    private void literal(String text, int from, int to) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            network.epsilon(from, to);
            return;
        }
        int state = from;
        for (int i = 0; i < bytes.length; i++) {
            int next = i == bytes.length - 1 ? to : network.newState();
            network.bytes(state, bytes[i] & 0xFF, bytes[i] & 0xFF, next);
            state = next;
        }
    }

    private void sequence(Node.Sequence sequence, int from, int to) {
        if (sequence.parts().isEmpty()) {
            network.epsilon(from, to);
            return;
        }
        int state = from;
        int last = sequence.parts().size() - 1;
        for (int i = 0; i <= last; i++) {
            int next = i == last ? to : network.newState();
            push(sequence.parts().get(i), state, next);
            state = next;
        }
    }

    private void call(Rule rule, int from, int to) {
        Node body = rule.body();
        if (!body.hasCalls() && body.size() <= INLINE_RULE_SIZE) {
            push(body, from, to);
        } else {
            network.call(from, idOf(rule), to);
        }
    }

    private void repeat(Node.Repeat repeat, int from, int to) {
        Node body = repeat.body();
        boolean small = repeat.size() <= INLINE_REPEAT_SIZE
                || Math.max(repeat.min(), repeat.max()) <= 1
                || (repeat.size() <= COPIED_REPEAT_SIZE && network.stateCount() <= SMALL_NETWORK);
        if (small) {
            smallRepeat(repeat, from, to);
            return;
        }
        Doubling doubling = new Doubling(body);
        int required = network.newState();
        exactly(doubling, repeat.min(), from, required);
        if (repeat.max() == Node.Repeat.UNBOUNDED) {
            loop(body, required, to);
        } else {
            atMost(doubling, repeat.max() - repeat.min(), required, to);
        }
    }

    /** Copies the body; the last copy ends at {@code to} itself, so that nested repetitions make no chains. */
    private void smallRepeat(Node.Repeat repeat, int from, int to) {
        boolean unbounded = repeat.max() == Node.Repeat.UNBOUNDED;
        int copies = unbounded ? repeat.min() : repeat.max();
        int state = from;
        for (int i = 0; i < copies; i++) {
            if (i >= repeat.min()) {
                network.epsilon(state, to);
            }
            if (i == copies - 1 && !unbounded) {
                push(repeat.body(), state, to);
                return;
            }
            state = step(repeat.body(), state);
        }
        if (unbounded) {
            loop(repeat.body(), state, to);
        } else {
            network.epsilon(state, to);
        }
    }

    private void loop(Node body, int from, int to) {
        int loop = network.newState();
        network.epsilon(from, loop);
        push(body, loop, loop);
        network.epsilon(loop, to);
    }

    private int step(Node body, int from) {
        int next = network.newState();
        push(body, from, next);
        return next;
    }

    /** Exactly {@code count} copies: the binary digits of the block count, then the remainder. */
    private void exactly(Doubling doubling, int count, int from, int to) {
        int state = from;
        for (int k = 0; (count / doubling.block) >> k > 0; k++) {
            if (((count / doubling.block) >> k & 1) == 1) {
                int next = network.newState();
                network.call(state, idOf(doubling.full(k)), next);
                state = next;
            }
        }
        for (int i = 0; i < count % doubling.block; i++) {
            state = step(doubling.body, state);
        }
        network.epsilon(state, to);
    }

    /** At most {@code count} copies: for each binary digit of the block count, fewer than that, or all and go on. */
    private void atMost(Doubling doubling, int count, int from, int to) {
        int blocks = count / doubling.block;
        int state = from;
        for (int k = 30; k >= 0; k--) {
            if ((blocks >> k & 1) == 1) {
                network.call(state, idOf(doubling.less(k)), to);
                int next = network.newState();
                network.call(state, idOf(doubling.full(k)), next);
                state = next;
            }
        }
        for (int i = 0; i < count % doubling.block; i++) {
            network.epsilon(state, to);
            state = step(doubling.body, state);
        }
        network.epsilon(state, to);
    }

    /** Rules for powers of two of a block of copies of one body. */
    private static final class Doubling {
        private final Node body;
        private final int block;
        private final List<Rule> full = new ArrayList<>();
        private final List<Rule> less = new ArrayList<>();

        Doubling(Node body) {
            this.body = body;
            this.block = Integer.highestOneBit(Math.max(1, BLOCK_SIZE / body.size()));
        }

        Rule full(int k) {
            while (full.size() <= k) {
                Rule rule = new Rule("full-" + full.size());
                if (full.isEmpty()) {
                    rule.define(block == 1 ? body : Node.repeat(body, block, block));
                } else {
                    Node half = new Node.Call(full.getLast());
                    rule.define(Node.sequence(half, half));
                }
                full.add(rule);
            }
            return full.get(k);
        }

        Rule less(int k) {
            while (less.size() <= k) {
                Rule rule = new Rule("less-" + less.size());
                if (less.isEmpty()) {
                    rule.define(Node.repeat(body, 0, block - 1));
                } else {
                    Node half = new Node.Call(less.getLast());
                    rule.define(Node.choice(half, Node.sequence(new Node.Call(full(less.size() - 1)), half)));
                }
                less.add(rule);
            }
            return less.get(k);
        }
    }

    private void text(Node.Text text, int from, int to) {
        Dfa dfa = text.dfa();
        int[] states = new int[dfa.stateCount()];
        for (int s = 0; s < states.length; s++) {
            states[s] = network.newState();
            if (dfa.isAccepting(s)) {
                network.epsilon(states[s], to);
            }
        }
        network.epsilon(from, states[0]);
        for (int s = 0; s < states.length; s++) {
            for (int e = dfa.firstEdge(s); e < dfa.endEdge(s); e++) {
                CodePointSet set = CodePointSet.range(dfa.low(e), dfa.high(e));
                int target = states[dfa.target(e)];
                characters(states[s], target, set, text.escapes());
            }
        }
    }

    private void characters(int from, int to, CodePointSet set, Escapes escapes) {
        utf8.add(from, to, set.intersect(escapes.plain()));
        CodePointSet escaped = set.minus(escapes.plain());
        for (int i = 0; i < escaped.rangeCount(); i++) {
            for (int c = escaped.low(i); c <= escaped.high(i); c++) {
                literal(escapes.escape(c), from, to);
            }
        }
    }

    /** A grid of states: how many members were considered, and how many of them are present (as far as that matters). */
    private void members(Node.Members members, int from, int to) {
        boolean bounded = members.max() != Node.Repeat.UNBOUNDED;
        int top = bounded ? members.max() : Math.max(1, members.min());
        int[] level = new int[top + 1];
        for (int c = 0; c <= top; c++) {
            level[c] = network.newState();
        }
        network.epsilon(from, level[0]);
        for (Node.Member member : members.members()) {
            int[] next = new int[top + 1];
            for (int c = 0; c <= top; c++) {
                next[c] = network.newState();
                if (!member.required()) {
                    network.epsilon(level[c], next[c]);
                }
            }
            present(members.separator(), member.node(), level, next, bounded);
            level = next;
        }
        if (!members.extra().isNever()) {
            present(members.separator(), members.extra(), level, level, bounded);
        }
        for (int c = members.min(); c <= top; c++) {
            network.epsilon(level[c], to);
        }
    }

    private void present(Node separator, Node node, int[] level, int[] next, boolean bounded) {
        int top = level.length - 1;
        for (int c = 1; c <= top; c++) {
            int before = network.newState();
            if (c == 1) {
                network.epsilon(level[0], before);
            } else {
                push(separator, level[c - 1], before);
            }
            if (c == top && !bounded) {
                push(separator, level[c], before);
            }
            push(node, before, next[c]);
        }
    }
}
