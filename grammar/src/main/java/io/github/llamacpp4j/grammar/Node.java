package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a grammar. Trees of nodes can be very deep, so whoever walks one uses a stack of its own.
 *
 * <p>{@link #size()} estimates how many automaton states the piece takes, {@link #hasCalls()} tells whether it calls rules.
 */
sealed interface Node {
    int size();

    boolean hasCalls();

    default boolean isNever() {
        return this instanceof Choice choice && choice.options().isEmpty();
    }

    /** Exactly this text. */
    record Literal(String text) implements Node {
        @Override
        public int size() {
            return 1 + text.length();
        }

        @Override
        public boolean hasCalls() {
            return false;
        }
    }

    /** One code point of a set. */
    record Chars(CodePointSet set) implements Node {
        @Override
        public int size() {
            return 1 + 2 * set.rangeCount();
        }

        @Override
        public boolean hasCalls() {
            return false;
        }
    }

    /** All parts, one after another. */
    record Sequence(List<Node> parts, int size, boolean hasCalls) implements Node {}

    /** Any one of the options. */
    record Choice(List<Node> options, int size, boolean hasCalls) implements Node {}

    /** The body, {@code min} to {@code max} times ({@link #UNBOUNDED} for no upper bound). */
    record Repeat(Node body, int min, int max, int size, boolean hasCalls) implements Node {
        static final int UNBOUNDED = -1;
    }

    /** What another rule matches. */
    record Call(Rule rule) implements Node {
        @Override
        public int size() {
            return 2;
        }

        @Override
        public boolean hasCalls() {
            return true;
        }
    }

    /** One token, chosen by its id rather than by its text. */
    record Token(TokenTest test) implements Node {
        @Override
        public int size() {
            return 2;
        }

        @Override
        public boolean hasCalls() {
            return false;
        }
    }

    /** A text that a deterministic automaton over code points accepts. */
    record Text(Dfa dfa, Escapes escapes) implements Node {
        @Override
        public int size() {
            return (int) Math.min(Integer.MAX_VALUE / 2, 2L * dfa.edgeCount() + dfa.stateCount());
        }

        @Override
        public boolean hasCalls() {
            return false;
        }
    }

    /**
     * Members of an object in their declared order, with separators between those that are present.
     *
     * @param members the members
     * @param separator what stands between two members
     * @param extra a member that may follow the declared ones any number of times, or {@link #never}
     * @param min the fewest members
     * @param max the most members, or {@link Repeat#UNBOUNDED}
     */
    record Members(List<Member> members, Node separator, Node extra, int min, int max) implements Node {
        @Override
        public int size() {
            long sum = 4;
            for (Member member : members) {
                sum += member.node().size() + 2L;
            }
            long levels = max == Repeat.UNBOUNDED ? Math.max(1, min) : Math.max(min, max);
            return (int) Math.min(Integer.MAX_VALUE / 2, (sum + extra.size()) * Math.max(1, levels));
        }

        @Override
        public boolean hasCalls() {
            return true;
        }
    }

    /** One declared member. */
    record Member(Node node, boolean required) {}

    /** {@return what matches the empty text} */
    static Node empty() {
        return new Sequence(List.of(), 1, false);
    }

    /** {@return what matches nothing} */
    static Node never() {
        return new Choice(List.of(), 1, false);
    }

    static Node sequence(Node... parts) {
        return sequence(List.of(parts));
    }

    static Node sequence(List<Node> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        return new Sequence(List.copyOf(parts), totalSize(parts), anyCalls(parts));
    }

    static Node choice(Node... options) {
        return choice(List.of(options));
    }

    static Node choice(List<Node> options) {
        List<Node> live = new ArrayList<>(options.size());
        for (Node option : options) {
            if (!option.isNever()) {
                live.add(option);
            }
        }
        if (live.isEmpty()) {
            return never();
        }
        return live.size() == 1 ? live.getFirst() : new Choice(List.copyOf(live), totalSize(live), anyCalls(live));
    }

    static Node optional(Node body) {
        return repeat(body, 0, 1);
    }

    static Node repeat(Node body, int min, int max) {
        long copies = Math.max(1, max == Repeat.UNBOUNDED ? min + 1L : max);
        int size = (int) Math.min(Integer.MAX_VALUE / 2, copies * body.size());
        return new Repeat(body, min, max, size, body.hasCalls());
    }

    private static int totalSize(List<Node> nodes) {
        long sum = 1;
        for (Node node : nodes) {
            sum += node.size();
        }
        return (int) Math.min(Integer.MAX_VALUE / 2, sum);
    }

    private static boolean anyCalls(List<Node> nodes) {
        for (Node node : nodes) {
            if (node.hasCalls()) {
                return true;
            }
        }
        return false;
    }
}
