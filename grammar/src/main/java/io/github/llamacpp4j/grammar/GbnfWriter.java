package io.github.llamacpp4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes rules in llama.cpp's GBNF notation. Parts that GBNF cannot say directly become rules of their own. */
final class GbnfWriter {
    private static final String NOTHING = "[^\\x00-\\U0010FFFF]";

    /** How tightly the surroundings bind. */
    private enum Binding {
        ALTERNATIVE,
        SEQUENCE,
        REPETITION
    }

    private final StringBuilder out = new StringBuilder();
    private final IdentityHashMap<Rule, String> names = new IdentityHashMap<>();
    private final Set<String> used = new HashSet<>();
    private final ArrayDeque<Rule> pending = new ArrayDeque<>();
    private final ArrayDeque<Work> work = new ArrayDeque<>();

    private sealed interface Work {
        record Write(Node node, Binding binding) implements Work {}

        record Append(String text) implements Work {}
    }

    private GbnfWriter() {}

    static String write(Rule root) {
        GbnfWriter writer = new GbnfWriter();
        writer.name(root, GbnfParser.ROOT);
        while (!writer.pending.isEmpty()) {
            writer.rule(writer.pending.poll());
        }
        return writer.out.toString();
    }

    private String name(Rule rule, String wanted) {
        String known = names.get(rule);
        if (known != null) {
            return known;
        }
        String base = wanted.replaceAll("[^a-zA-Z0-9-]+", "-");
        String unique = base;
        for (int i = 2; (unique.equals(GbnfParser.ROOT) && !names.isEmpty()) || !used.add(unique); i++) {
            unique = base + "-" + i;
        }
        names.put(rule, unique);
        pending.add(rule);
        return unique;
    }

    private void rule(Rule rule) {
        out.append(name(rule, rule.name())).append(" ::= ");
        work.push(new Work.Write(rule.body(), Binding.ALTERNATIVE));
        while (!work.isEmpty()) {
            switch (work.pop()) {
                case Work.Append append -> out.append(append.text());
                case Work.Write write -> write(write.node(), write.binding());
            }
        }
        out.append('\n');
    }

    private void write(Node node, Binding binding) {
        switch (node) {
            case Node.Literal literal -> out.append(quoted(literal.text(), binding));
            case Node.Chars chars -> out.append(characterClass(chars.set()));
            case Node.Sequence sequence -> {
                if (sequence.parts().isEmpty()) {
                    out.append(quoted("", binding));
                } else {
                    group(sequence.parts(), " ", binding == Binding.REPETITION, Binding.SEQUENCE);
                }
            }
            case Node.Choice choice -> {
                if (choice.options().isEmpty()) {
                    out.append(NOTHING);
                } else {
                    group(choice.options(), " | ", binding != Binding.ALTERNATIVE, Binding.ALTERNATIVE);
                }
            }
            case Node.Repeat repeat -> {
                boolean wrapped = binding == Binding.REPETITION;
                work.push(new Work.Append(bounds(repeat) + (wrapped ? ")" : "")));
                work.push(new Work.Write(repeat.body(), Binding.REPETITION));
                if (wrapped) {
                    work.push(new Work.Append("("));
                }
            }
            case Node.Call call -> out.append(name(call.rule(), call.rule().name()));
            case Node.Token token -> out.append(token(token.test(), binding));
            case Node.Text text -> out.append(name(asRules(text), "text"));
            case Node.Members members -> out.append(name(asRules(members), "members"));
        }
    }

    private void group(List<Node> nodes, String separator, boolean wrapped, Binding inner) {
        if (wrapped) {
            work.push(new Work.Append(")"));
        }
        for (int i = nodes.size() - 1; i >= 0; i--) {
            work.push(new Work.Write(nodes.get(i), inner));
            if (i > 0) {
                work.push(new Work.Append(separator));
            }
        }
        if (wrapped) {
            work.push(new Work.Append("("));
        }
    }

    private static String bounds(Node.Repeat repeat) {
        if (repeat.max() == Node.Repeat.UNBOUNDED) {
            return switch (repeat.min()) {
                case 0 -> "*";
                case 1 -> "+";
                default -> "{" + repeat.min() + ",}";
            };
        }
        if (repeat.min() == 0 && repeat.max() == 1) {
            return "?";
        }
        return repeat.min() == repeat.max() ? "{" + repeat.min() + "}" : "{" + repeat.min() + "," + repeat.max() + "}";
    }

    private static String token(TokenTest test, Binding binding) {
        if (test.kind() == TokenTest.Kind.CONTROL_BUT) {
            return NOTHING;
        }
        String sign = test.kind() == TokenTest.Kind.IS ? "" : "!";
        List<String> options =
                test.ids().stream().map(id -> sign + "<[" + id + "]>").toList();
        String all = String.join(" | ", options);
        return options.size() > 1 && binding != Binding.ALTERNATIVE ? "(" + all + ")" : all;
    }

    private static String quoted(String text, Binding binding) {
        if (text.isEmpty()) {
            return binding == Binding.REPETITION ? "(\"\")" : "\"\"";
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> quoted.append(character(c, "\"\\")));
        return quoted.append('"').toString();
    }

    private static String characterClass(CodePointSet set) {
        if (set.isEmpty()) {
            return NOTHING;
        }
        if (set.equals(CodePointSet.ALL)) {
            return ".";
        }
        boolean negated = set.contains(CodePointSet.MAX);
        CodePointSet listed = negated ? set.complement() : set;
        StringBuilder text = new StringBuilder(negated ? "[^" : "[");
        for (int i = 0; i < listed.rangeCount(); i++) {
            text.append(classCharacter(listed.low(i)));
            if (listed.high(i) > listed.low(i)) {
                if (listed.high(i) > listed.low(i) + 1) {
                    text.append('-');
                }
                text.append(classCharacter(listed.high(i)));
            }
        }
        return text.append(']').toString();
    }

    private static String classCharacter(int c) {
        return c == '^' ? "\\x5E" : character(c, "[]\\-");
    }

    private static String character(int c, String escaped) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> {
                if (escaped.indexOf(c) >= 0) {
                    yield "\\" + Character.toString(c);
                }
                if (c < 0x20 || c == 0x7F) {
                    yield String.format(Locale.ROOT, "\\x%02X", c);
                }
                if (c < 0x7F) {
                    yield Character.toString(c);
                }
                yield String.format(Locale.ROOT, c <= 0xFFFF ? "\\u%04X" : "\\U%08X", c);
            }
        };
    }

    /** One rule per state of the automaton. */
    private static Rule asRules(Node.Text text) {
        Dfa dfa = text.dfa();
        List<Rule> states = new ArrayList<>();
        for (int s = 0; s < dfa.stateCount(); s++) {
            states.add(new Rule("text"));
        }
        for (int s = 0; s < dfa.stateCount(); s++) {
            List<Node> options = new ArrayList<>();
            for (int e = dfa.firstEdge(s); e < dfa.endEdge(s); e++) {
                CodePointSet set = CodePointSet.range(dfa.low(e), dfa.high(e));
                Node read = character(set, text.escapes());
                options.add(Node.sequence(read, new Node.Call(states.get(dfa.target(e)))));
            }
            if (dfa.isAccepting(s)) {
                options.add(Node.empty());
            }
            states.get(s).define(Node.choice(options));
        }
        return states.getFirst();
    }

    private static Node character(CodePointSet set, Escapes escapes) {
        List<Node> options = new ArrayList<>();
        CodePointSet plain = set.intersect(escapes.plain());
        if (!plain.isEmpty()) {
            options.add(new Node.Chars(plain));
        }
        CodePointSet escaped = set.minus(escapes.plain());
        for (int i = 0; i < escaped.rangeCount(); i++) {
            for (int c = escaped.low(i); c <= escaped.high(i); c++) {
                options.add(new Node.Literal(escapes.escape(c)));
            }
        }
        return Node.choice(options);
    }

    /** One rule per member and number of members before it; see {@link Lowering}. */
    private static Rule asRules(Node.Members members) {
        boolean bounded = members.max() != Node.Repeat.UNBOUNDED;
        int top = bounded ? members.max() : Math.max(1, members.min());
        int count = members.members().size();
        Rule[][] grid = new Rule[count + 1][top + 1];
        for (Rule[] row : grid) {
            for (int c = 0; c <= top; c++) {
                row[c] = new Rule("members");
            }
        }
        for (int i = 0; i <= count; i++) {
            for (int c = 0; c <= top; c++) {
                List<Node> options = new ArrayList<>();
                Node node = i < count ? members.members().get(i).node() : members.extra();
                int next = c < top ? c + 1 : bounded ? -1 : top;
                if (!node.isNever() && next >= 0) {
                    Node present = c == 0 ? node : Node.sequence(members.separator(), node);
                    options.add(Node.sequence(present, new Node.Call(grid[Math.min(count, i + 1)][next])));
                }
                if (i == count && c >= members.min()) {
                    options.add(Node.empty());
                } else if (i < count && !members.members().get(i).required()) {
                    options.add(new Node.Call(grid[i + 1][c]));
                }
                grid[i][c].define(Node.choice(options));
            }
        }
        return grid[0][0];
    }
}
