package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.SchemaDocument.Schema;
import io.github.llamacpp4j.grammar.Shape.ObjectLayer;
import io.github.llamacpp4j.grammar.Shape.ObjectRules;
import io.github.llamacpp4j.grammar.Shape.PatternRule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a JSON Schema into rules: one per conjunction of schemas that some value must satisfy, so recursive schemas
 * become recursive rules.
 */
final class SchemaCompiler {
    private static final int MAX_RULES = 20_000;
    private static final int MAX_PATTERNS = 5;
    private static final int MAX_COUNTED_MEMBERS = 2_000;

    private final SchemaDocument document;
    private final ShapeAlgebra algebra;
    private final JsonLayout layout;
    private final Spelling spelling;
    private final StringTexts strings;
    private final JsonForm json;
    private final ArrayForm arrays;
    private final @Nullable MemberForm outer;
    private final Map<Conjunction, Rule> rules = new HashMap<>();
    private final ArrayDeque<Conjunction> pending = new ArrayDeque<>();
    private Schema current;

    private SchemaCompiler(@Nullable Object schema, @Nullable MemberNotation notation, SchemaOptions options) {
        document = new SchemaDocument(schema, options.draft());
        algebra = new ShapeAlgebra(document, options);
        layout = new JsonLayout(options.whitespace());
        spelling = notation == null ? new Spelling() : new Spelling(notation);
        strings = new StringTexts(algebra, spelling);
        arrays = new ArrayForm(layout, spelling, algebra, this::value);
        json = new JsonForm(layout, spelling, algebra, this::value);
        outer = notation == null ? null : new MemberForm(notation, spelling, algebra, this);
        current = document.root();
    }

    /** The values that satisfy a schema; objects in {@code notation}, if it is given. */
    static SchemaGrammar compile(@Nullable Object schema, @Nullable MemberNotation notation, SchemaOptions options) {
        SchemaCompiler compiler = new SchemaCompiler(schema, notation, options);
        try {
            Node root = compiler.compile();
            return new SchemaGrammar(Grammar.of(root, options.limits()), compiler.algebra.unenforced());
        } catch (GrammarException e) {
            throw switch (e.kind()) {
                case EMPTY, LEFT_RECURSION ->
                    new SchemaException(SchemaException.Kind.EMPTY, "", "", "no value satisfies the schema");
                default -> new SchemaException(SchemaException.Kind.LIMIT, "", "", String.valueOf(e.getMessage()));
            };
        }
    }

    private Node compile() {
        Node root = outer == null
                ? value(document.root().asConjunction())
                : members(document.root().asConjunction(), outer);
        while (!pending.isEmpty()) {
            Conjunction conjunction = pending.poll();
            current = schemaOf(conjunction);
            List<Node> options = new ArrayList<>();
            for (Shape shape : algebra.resolved(conjunction)) {
                options.add(shape(shape, Shape.ALL));
            }
            Rule rule = rules.get(conjunction);
            if (rule != null) {
                rule.define(Node.choice(options));
            }
        }
        return root;
    }

    private Node members(Conjunction conjunction, MemberForm form) {
        List<Node> options = new ArrayList<>();
        for (Shape shape : algebra.resolved(conjunction)) {
            if (shape.values() != null) {
                throw new SchemaException(
                        SchemaException.Kind.UNSUPPORTED,
                        current.pointer(),
                        "enum",
                        "an object that is listed as a whole cannot be written in this notation");
            }
            if (shape.has(Shape.OBJECT)) {
                options.add(object(shape.objects(), form));
            }
        }
        return Node.choice(options);
    }

    /** A value of the conjunction that is of none of these types. */
    Node valueBut(Conjunction conjunction, int types) {
        List<Node> options = new ArrayList<>();
        for (Shape shape : algebra.resolved(conjunction)) {
            options.add(shape(shape, Shape.ALL & ~types));
        }
        return Node.choice(options);
    }

    /** The strings that meet conditions. */
    Dfa texts(Shape.StringRules conditions) {
        return strings.dfa(conditions);
    }

    /** A value that satisfies all schemas of the conjunction. */
    Node value(Conjunction conjunction) {
        if (conjunction.isFalse()) {
            return Node.never();
        }
        Rule rule = rules.get(conjunction);
        if (rule == null) {
            if (rules.size() >= MAX_RULES) {
                throw limit("", "more than " + MAX_RULES + " different schemas");
            }
            rule = new Rule(name(conjunction));
            rules.put(conjunction, rule);
            pending.add(conjunction);
        }
        return new Node.Call(rule);
    }

    private Schema schemaOf(Conjunction conjunction) {
        return conjunction.literals().isEmpty()
                ? document.root()
                : document.get(conjunction.literals().getFirst());
    }

    private SchemaException limit(String keyword, String message) {
        return new SchemaException(SchemaException.Kind.LIMIT, current.pointer(), keyword, message);
    }

    private String name(Conjunction conjunction) {
        if (conjunction.literals().isEmpty()) {
            return "value";
        }
        String pointer = schemaOf(conjunction).pointer();
        String last = pointer.substring(pointer.lastIndexOf('/') + 1).replaceAll("[^a-zA-Z0-9]+", "-");
        return last.isBlank() || last.equals("-") ? "schema" : last;
    }

    private Node shape(Shape shape, int kinds) {
        if (shape.values() != null) {
            List<Node> texts = new ArrayList<>();
            for (Object value : shape.values()) {
                if (!(value instanceof String) || (kinds & Shape.STRING) != 0) {
                    texts.add(JsonValues.text(value, layout, spelling));
                }
            }
            return Node.choice(texts);
        }
        boolean objectOnly = !shape.typed() && shape.objects().isClosed();
        int types = kinds & (objectOnly ? shape.types() & Shape.OBJECT : shape.types());
        List<Node> options = new ArrayList<>();
        if ((types & Shape.OBJECT) != 0) {
            options.add(object(shape.objects(), json));
        }
        if ((types & Shape.ARRAY) != 0) {
            options.add(arrays.node(shape.arrays()));
        }
        if ((types & Shape.STRING) != 0) {
            options.add(strings.quoted(shape.strings()));
        }
        if ((types & Shape.NUMBER) != 0 && !shape.numbers().isEmpty()) {
            options.add(shape.numbers().text());
        }
        if ((types & Shape.TRUE) != 0) {
            options.add(spelling.word("true"));
        }
        if ((types & Shape.FALSE) != 0) {
            options.add(spelling.word("false"));
        }
        if ((types & Shape.NULL) != 0) {
            options.add(spelling.word("null"));
        }
        return Node.choice(options);
    }

    private Node object(ObjectRules object, ObjectForm form) {
        Set<String> declared = object.declared();
        List<Node.Member> members = new ArrayList<>();
        for (String name : declared) {
            Conjunction value = object.member(name);
            boolean required = object.required().contains(name);
            boolean possible = !value.isFalse() && !isKeptOut(object, name) && algebra.accepts(object.names(), name);
            Node member = possible ? form.member(name, value) : Node.never();
            if (!member.isNever()) {
                members.add(new Node.Member(member, required));
            } else if (required) {
                return Node.never();
            }
        }
        Node extra = extras(object, declared, form);
        int min = object.minProperties();
        int max = object.maxProperties();
        if (min <= object.required().size()) {
            min = 0;
        } else if (!extra.isNever() && min > object.required().size() + 1) {
            algebra.unsupported(current, "minProperties", "names made up while writing could repeat each other");
            min = 0;
        }
        if (max != Shape.UNBOUNDED && extra.isNever() && max >= members.size()) {
            max = Shape.UNBOUNDED;
        }
        if (max != Shape.UNBOUNDED && min > max) {
            return Node.never();
        }
        if (Math.max(min, max) > MAX_COUNTED_MEMBERS) {
            throw limit("maxProperties", "more than " + MAX_COUNTED_MEMBERS + " members cannot be counted");
        }
        boolean mayBeEmpty = min == 0 && object.required().isEmpty();
        Node empty = form.empty();
        if (max == 0 || (members.isEmpty() && extra.isNever())) {
            return mayBeEmpty ? empty : Node.never();
        }
        Node.Members list = new Node.Members(members, form.separator(), extra, Math.max(1, min), max);
        Node filled = Node.sequence(form.open(), list, form.close());
        return mayBeEmpty ? Node.choice(empty, filled) : filled;
    }

    /** A layer that lists properties and has no additional ones keeps every other name out, unless a sibling declares it. */
    private static boolean isKeptOut(ObjectRules object, String name) {
        if (!object.isClosed()) {
            return false;
        }
        for (ObjectLayer layer : object.layers()) {
            if (layer.properties().containsKey(name)
                    || layer.additional() != null
                    || layer.patterns().stream().anyMatch(rule -> rule.narrow().accepts(name))) {
                return false;
            }
        }
        return true;
    }

    /** Members that are not declared: for each set of patterns, the names that match exactly those. */
    private Node extras(ObjectRules object, Set<String> declared, ObjectForm form) {
        List<PatternRule> patterns = new ArrayList<>();
        for (ObjectLayer layer : object.layers()) {
            patterns.addAll(layer.patterns());
        }
        List<PatternRule> distinct = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (PatternRule rule : patterns) {
            if (seen.add(rule.pattern())) {
                distinct.add(rule);
            }
        }
        if (distinct.size() > MAX_PATTERNS) {
            throw limit("patternProperties", "more than " + MAX_PATTERNS + " patterns cannot be combined");
        }
        List<Node> options = new ArrayList<>();
        for (int chosen = 0; chosen < 1 << distinct.size(); chosen++) {
            Set<String> matched = new LinkedHashSet<>();
            for (int i = 0; i < distinct.size(); i++) {
                if ((chosen >> i & 1) == 1) {
                    matched.add(distinct.get(i).pattern());
                }
            }
            Conjunction value = extraValue(object, matched);
            if (!value.isFalse() && !algebra.resolved(value).isEmpty()) {
                Node key = strings.name(object.names(), declared, distinct, matched, form);
                if (!key.isNever()) {
                    options.add(form.member(key, value));
                }
            }
        }
        return Node.choice(options);
    }

    private static Conjunction extraValue(ObjectRules object, Set<String> matched) {
        Conjunction value = Conjunction.TRUE;
        for (ObjectLayer layer : object.layers()) {
            boolean named = false;
            for (PatternRule rule : layer.patterns()) {
                if (matched.contains(rule.pattern())) {
                    value = value.and(rule.value());
                    named = true;
                }
            }
            Conjunction additional = layer.additional();
            if (!named && additional != null) {
                value = value.and(additional);
            } else if (!named && layer.isClosed()) {
                return Conjunction.FALSE;
            }
        }
        return value;
    }
}
