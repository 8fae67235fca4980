package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.Shape.PatternRule;
import io.github.llamacpp4j.grammar.Shape.StringRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** JSON strings that meet conditions. Equal conditions share one rule, so their token masks are computed once. */
final class StringTexts {
    private static final int MAX_COUNTED_LENGTH = 5_000;
    private static final Node QUOTE = new Node.Literal("\"");
    private static final Dfa ANY_TEXT = Dfa.ofLength(0, Shape.UNBOUNDED, MAX_COUNTED_LENGTH + 2);
    private static final CodePointSet HEX = CodePointSet.ofChars("0123456789abcdefABCDEF");

    /** One character of a string: as it is, or escaped in any way, a surrogate pair counting as one. */
    private static final Node CHARACTER = Node.choice(
            new Node.Chars(JsonEscapes.PLAIN),
            Node.sequence(
                    new Node.Literal("\\"),
                    Node.choice(
                            new Node.Chars(CodePointSet.ofChars("\"\\/bfnrt")),
                            Node.sequence(new Node.Literal("u"), codeUnit()))));

    private final ShapeAlgebra algebra;
    private final Spelling spelling;
    private final Map<StringRules, Rule> rules = new HashMap<>();
    private final Map<List<Object>, Rule> names = new HashMap<>();

    StringTexts(ShapeAlgebra algebra, Spelling spelling) {
        this.algebra = algebra;
        this.spelling = spelling;
    }

    private static Node codeUnit() {
        Node hex = new Node.Chars(HEX);
        Node d = new Node.Chars(CodePointSet.ofChars("dD"));
        Node low = new Node.Chars(CodePointSet.ofChars("01234567"));
        return Node.choice(
                Node.sequence(new Node.Chars(HEX.minus(CodePointSet.ofChars("dD"))), hex, hex, hex),
                Node.sequence(d, low, hex, hex),
                Node.sequence(
                        d,
                        new Node.Chars(CodePointSet.ofChars("89abAB")),
                        hex,
                        hex,
                        new Node.Literal("\\u"),
                        d,
                        new Node.Chars(CodePointSet.ofChars("cdefCDEF")),
                        hex,
                        hex));
    }

    /** A string value. */
    Node quoted(StringRules conditions) {
        return new Node.Call(rules.computeIfAbsent(conditions, key -> new Rule("string", text(key))));
    }

    private Node text(StringRules conditions) {
        int min = conditions.minLength();
        int max = conditions.maxLength();
        if (max != Shape.UNBOUNDED && min > max) {
            return Node.never();
        }
        if (conditions.patterns().isEmpty() && spelling.isPlainJson()) {
            int most = max == Shape.UNBOUNDED ? Node.Repeat.UNBOUNDED : max;
            return Node.sequence(QUOTE, Node.repeat(CHARACTER, min, most), QUOTE);
        }
        return spelling.string(dfa(conditions));
    }

    /** The strings that meet conditions, without what the notation forbids in strings. */
    Dfa dfa(StringRules conditions) {
        List<Dfa> all = new ArrayList<>(conditions.patterns());
        Dfa allowed = spelling.allowed();
        if (allowed != null) {
            all.add(allowed);
        }
        int longest = Math.max(conditions.minLength(), conditions.maxLength());
        if (longest > MAX_COUNTED_LENGTH) {
            throw new SchemaException(
                    SchemaException.Kind.LIMIT,
                    "",
                    conditions.maxLength() > MAX_COUNTED_LENGTH ? "maxLength" : "minLength",
                    "a length above " + MAX_COUNTED_LENGTH + " cannot be combined with a pattern or format");
        }
        if (longest > 0 || conditions.maxLength() == 0) {
            all.add(Dfa.ofLength(conditions.minLength(), conditions.maxLength(), MAX_COUNTED_LENGTH + 2));
        }
        return all.isEmpty() ? ANY_TEXT : algebra.patterns(all);
    }

    /** A member name that satisfies a schema, is not declared, and matches exactly the chosen patterns. */
    Node name(
            Conjunction condition,
            Set<String> declared,
            List<PatternRule> patterns,
            Set<String> matched,
            ObjectForm form) {
        Rule rule = names.computeIfAbsent(
                List.of(condition, new TreeSet<>(declared), List.copyOf(patterns), new TreeSet<>(matched), form),
                key -> new Rule("name", form.name(nameDfa(condition, declared, patterns, matched))));
        return rule.body().isNever() ? Node.never() : new Node.Call(rule);
    }

    private Dfa nameDfa(Conjunction condition, Set<String> declared, List<PatternRule> patterns, Set<String> matched) {
        Dfa name = Dfa.ofStrings(declared).complement();
        for (PatternRule rule : patterns) {
            name = algebra.intersect(
                    name,
                    matched.contains(rule.pattern())
                            ? rule.narrow()
                            : rule.wide().complement());
        }
        Dfa permitted = spelling.allowed();
        if (permitted != null) {
            name = algebra.intersect(name, permitted);
        }
        Dfa wanted = condition.literals().isEmpty() ? null : strings(condition);
        return wanted == null ? name : algebra.intersect(name, wanted);
    }

    /** The strings among the instances of a conjunction, or null for all. */
    private @Nullable Dfa strings(Conjunction condition) {
        Dfa none = null;
        for (Shape shape : algebra.resolved(condition)) {
            Dfa texts;
            if (shape.values() != null) {
                List<String> values = new ArrayList<>();
                for (Object value : shape.values()) {
                    if (value instanceof String text) {
                        values.add(text);
                    }
                }
                texts = Dfa.ofStrings(values);
            } else if (!shape.has(Shape.STRING)) {
                continue;
            } else if (shape.strings().equals(StringRules.ANY)) {
                return null;
            } else {
                texts = dfa(shape.strings());
            }
            Dfa others = texts.complement();
            none = none == null ? others : algebra.intersect(none, others);
        }
        return none == null ? Dfa.ofStrings(List.of()) : none.complement();
    }
}
