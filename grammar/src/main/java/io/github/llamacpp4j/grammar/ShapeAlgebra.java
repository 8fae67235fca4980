package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.SchemaDocument.Schema;
import io.github.llamacpp4j.grammar.SchemaGrammar.UnenforcedKeyword;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes with shapes: a conjunction of schemas is a union of shapes, found by multiplying out. Schemas that must not
 * hold stay pending until the shape around them is known, since then most turn out to be impossible anyway.
 */
final class ShapeAlgebra {
    private static final int MAX_SHAPES = 1_000;
    private static final int MAX_DEPTH = 500;
    private static final int MAX_PRODUCTS = 200_000;
    private static final int MAX_DFA_STATES = 20_000;
    private static final int EMPTINESS_DEPTH = 4;

    private final SchemaDocument document;
    private final SchemaOptions options;
    private final SchemaReader reader;
    private final SchemaNegator negator;
    private final Map<Conjunction, List<Shape>> known = new HashMap<>();
    private final Set<Conjunction> inProgress = new HashSet<>();
    private final Set<UnenforcedKeyword> unenforced = new LinkedHashSet<>();
    private final Map<Probe, Boolean> emptiness = new HashMap<>();
    private int products;
    private long dfaStates;

    ShapeAlgebra(SchemaDocument document, SchemaOptions options) {
        this.document = document;
        this.options = options;
        reader = new SchemaReader(document, this, options.limits());
        negator = new SchemaNegator(document, this, options.limits());
    }

    List<UnenforcedKeyword> unenforced() {
        return List.copyOf(unenforced);
    }

    /** Refuses a keyword, or notes it if it is to be validated afterwards. */
    void unsupported(Schema schema, String keyword, String reason) {
        if (!options.validateAfterwards()) {
            throw new SchemaException(SchemaException.Kind.UNSUPPORTED, schema.pointer(), keyword, reason);
        }
        unenforced.add(new UnenforcedKeyword(schema.pointer(), keyword, reason));
    }

    /** The shapes whose union is the conjunction, schemas that must not hold still pending. */
    List<Shape> shapes(Conjunction conjunction) {
        List<Shape> done = known.get(conjunction);
        if (done != null) {
            return done;
        }
        if (conjunction.isFalse()) {
            return List.of();
        }
        if (!inProgress.add(conjunction)) {
            Schema schema = document.get(conjunction.literals().getFirst());
            throw new SchemaException(
                    SchemaException.Kind.REFERENCE, schema.pointer(), "$ref", "the schema refers to itself only");
        }
        if (inProgress.size() > MAX_DEPTH) {
            throw limit("references or combinations are nested deeper than " + MAX_DEPTH + " levels");
        }
        List<Shape> shapes;
        if (conjunction.literals().size() == 1) {
            int literal = conjunction.literals().getFirst();
            Schema schema = document.get(literal);
            shapes = literal % 2 == 0 ? reader.read(schema) : negator.read(schema);
        } else {
            shapes = List.of(Shape.ANY);
            for (int literal : conjunction.literals()) {
                shapes = product(shapes, shapes(Conjunction.of(literal)));
            }
        }
        inProgress.remove(conjunction);
        known.put(conjunction, shapes);
        return shapes;
    }

    List<Shape> product(List<Shape> left, List<Shape> right) {
        if (isAnything(right)) {
            return left;
        }
        if (isAnything(left)) {
            return right;
        }
        List<Shape> shapes = new ArrayList<>();
        for (Shape a : left) {
            for (Shape b : right) {
                if (++products > MAX_PRODUCTS) {
                    throw limit("the combinations of alternatives are too many");
                }
                Shape both = a.and(b);
                if (both.types() != 0) {
                    shapes.add(both);
                }
                if (shapes.size() > MAX_SHAPES) {
                    throw limit("more than " + MAX_SHAPES + " combinations of alternatives");
                }
            }
        }
        return shapes;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isAnything(List<Shape> shapes) {
        return shapes.size() == 1 && shapes.getFirst() == Shape.ANY;
    }

    private static SchemaException limit(String message) {
        return new SchemaException(SchemaException.Kind.LIMIT, "", "", message);
    }

    /** The shapes to be written for a conjunction: nothing pending, values checked, nothing empty. */
    List<Shape> resolved(Conjunction conjunction) {
        ArrayDeque<Shape> work = new ArrayDeque<>(shapes(conjunction));
        List<Shape> done = new ArrayList<>();
        while (!work.isEmpty()) {
            Shape shape = work.poll();
            if (shape.values() != null) {
                Shape checked = shape.withValues(acceptedValues(shape)).withoutPending();
                if (!isEmpty(checked, EMPTINESS_DEPTH)) {
                    done.add(checked);
                }
                continue;
            }
            if (isEmpty(shape, EMPTINESS_DEPTH)) {
                continue;
            }
            if (shape.pending().isEmpty()) {
                done.add(shape);
            } else {
                work.addAll(withoutFirstPending(shape));
            }
            if (done.size() + work.size() > MAX_SHAPES) {
                throw limit("more than " + MAX_SHAPES + " combinations of alternatives");
            }
        }
        return done;
    }

    private List<Shape> withoutFirstPending(Shape shape) {
        int literal = shape.pending().getFirst();
        List<Integer> others = shape.pending().subList(1, shape.pending().size());
        Shape bare = shape.withoutPending();
        List<Shape> rest = List.of(others.isEmpty() ? bare : bare.and(Shape.ofPending(List.copyOf(others))));
        Shape written = bare.closed();
        boolean impossible = true;
        for (Shape excluded : shapes(Conjunction.of(literal))) {
            impossible &= isEmpty(written.and(excluded), EMPTINESS_DEPTH);
        }
        return impossible ? rest : product(rest, shapes(Conjunction.of(literal ^ 1)));
    }

    private List<@Nullable Object> acceptedValues(Shape shape) {
        List<@Nullable Object> accepted = new ArrayList<>();
        List<@Nullable Object> candidates = shape.values();
        if (candidates != null) {
            Shape conditions = shape.withValues(null);
            Set<Object> seen = new HashSet<>();
            for (Object value : candidates) {
                if (accepts(conditions, value) && seen.add(JsonValues.key(value))) {
                    accepted.add(value);
                }
            }
        }
        return accepted;
    }

    /** The values of the conjunction, if it is plain that there are no others and that they are few. */
    Optional<List<@Nullable Object>> fewValues(Conjunction conjunction, int most) {
        List<@Nullable Object> all = new ArrayList<>();
        for (Shape shape : resolved(conjunction)) {
            Optional<List<@Nullable Object>> values =
                    Optional.ofNullable(shape.values()).or(() -> listed(shape, most));
            if (values.isEmpty()) {
                return Optional.empty();
            }
            for (Object value : values.orElseThrow()) {
                if (!JsonValues.contains(all, value)) {
                    all.add(value);
                }
            }
            if (all.size() > most) {
                return Optional.empty();
            }
        }
        return Optional.of(all);
    }

    private static Optional<List<@Nullable Object>> listed(Shape shape, int most) {
        if (shape.has(Shape.STRING | Shape.ARRAY | Shape.OBJECT)) {
            return Optional.empty();
        }
        List<@Nullable Object> values = new ArrayList<>();
        if (shape.has(Shape.NULL)) {
            values.add(null);
        }
        if (shape.has(Shape.FALSE)) {
            values.add(false);
        }
        if (shape.has(Shape.TRUE)) {
            values.add(true);
        }
        if (!shape.has(Shape.NUMBER)) {
            return Optional.of(values);
        }
        return shape.numbers().integers(most).map(integers -> {
            values.addAll(integers);
            return values;
        });
    }

    boolean accepts(Conjunction conjunction, @Nullable Object value) {
        for (Shape shape : shapes(conjunction)) {
            if (accepts(shape, value)) {
                return true;
            }
        }
        return false;
    }

    private boolean accepts(Shape shape, @Nullable Object value) {
        if (shape.values() != null && !JsonValues.contains(shape.values(), value)) {
            return false;
        }
        boolean fits = switch (value) {
            case null -> shape.has(Shape.NULL);
            case Boolean bool -> shape.has(bool ? Shape.TRUE : Shape.FALSE);
            case Number number -> shape.has(Shape.NUMBER) && shape.numbers().accepts(JsonValues.decimal(number));
            case String string -> shape.has(Shape.STRING) && accepts(shape.strings(), string);
            case List<?> list -> shape.has(Shape.ARRAY) && accepts(shape.arrays(), list);
            case Map<?, ?> map -> shape.has(Shape.OBJECT) && accepts(shape.objects(), map);
            default -> false;
        };
        if (!fits) {
            return false;
        }
        for (int literal : shape.pending()) {
            if (accepts(Conjunction.of(literal), value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean accepts(Shape.StringRules rules, String string) {
        int length = string.codePointCount(0, string.length());
        return length >= rules.minLength()
                && (rules.maxLength() == Shape.UNBOUNDED || length <= rules.maxLength())
                && rules.patterns().stream().allMatch(dfa -> dfa.accepts(string));
    }

    private boolean accepts(Shape.ArrayRules rules, List<?> list) {
        if (list.size() < rules.minItems() || (rules.maxItems() != Shape.UNBOUNDED && list.size() > rules.maxItems())) {
            return false;
        }
        int index = 0;
        for (Object element : list) {
            if (!accepts(rules.item(index++), element)) {
                return false;
            }
        }
        return (rules.unique().isEmpty() || JsonValues.areDifferent(list))
                && rules.occurrences().stream().allMatch(occurrence -> accepts(occurrence, list));
    }

    private boolean accepts(Shape.Occurrence occurrence, List<?> list) {
        int hits = 0;
        for (Object element : list) {
            hits += accepts(occurrence.hit(), element) ? 1 : 0;
        }
        return hits >= occurrence.least() && (occurrence.most() == Shape.UNBOUNDED || hits <= occurrence.most());
    }

    private boolean accepts(Shape.ObjectRules rules, Map<?, ?> map) {
        if (map.size() < rules.minProperties()
                || (rules.maxProperties() != Shape.UNBOUNDED && map.size() > rules.maxProperties())
                || !map.keySet().containsAll(rules.required())) {
            return false;
        }
        for (Map.Entry<?, ?> member : map.entrySet()) {
            String name = String.valueOf(member.getKey());
            if (!accepts(rules.names(), name) || !accepts(rules.member(name), member.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** Whether the shape surely has no instance; looks only {@code depth} levels into it. */
    private boolean isEmpty(Shape shape, int depth) {
        if (shape.values() != null) {
            return acceptedValues(shape).isEmpty();
        }
        if (shape.has(Shape.NULL | Shape.TRUE | Shape.FALSE)) {
            return false;
        }
        return (!shape.has(Shape.NUMBER) || shape.numbers().isEmpty())
                && (!shape.has(Shape.STRING) || isEmpty(shape.strings()))
                && (!shape.has(Shape.ARRAY) || isEmpty(shape.arrays(), depth))
                && (!shape.has(Shape.OBJECT) || isEmpty(shape.objects(), depth));
    }

    private boolean isEmpty(Conjunction conjunction, int depth) {
        if (conjunction.isFalse()) {
            return true;
        }
        if (depth == 0 || conjunction.literals().isEmpty()) {
            return false;
        }
        Probe probe = new Probe(conjunction, depth);
        Boolean answer = emptiness.get(probe);
        if (answer == null) {
            answer = true;
            for (Shape shape : shapes(conjunction)) {
                answer &= isEmpty(shape, depth - 1);
            }
            emptiness.put(probe, answer);
        }
        return answer;
    }

    private record Probe(Conjunction conjunction, int depth) {}

    private boolean isEmpty(Shape.StringRules rules) {
        if (rules.maxLength() != Shape.UNBOUNDED && rules.minLength() > rules.maxLength()) {
            return true;
        }
        return rules.patterns().size() > 1 && patterns(rules.patterns()).isEmpty();
    }

    private boolean isEmpty(Shape.ArrayRules rules, int depth) {
        if (rules.maxItems() != Shape.UNBOUNDED && rules.minItems() > rules.maxItems()) {
            return true;
        }
        for (Shape.Occurrence occurrence : rules.occurrences()) {
            int most = Shape.smaller(occurrence.most(), rules.maxItems());
            if (most != Shape.UNBOUNDED && occurrence.least() > most) {
                return true;
            }
        }
        int checked = Math.min(rules.minItems(), rules.prefixLength() + 1);
        for (int i = 0; i < checked; i++) {
            if (isEmpty(rules.item(i), depth)) {
                return true;
            }
        }
        return false;
    }

    private boolean isEmpty(Shape.ObjectRules rules, int depth) {
        if (rules.maxProperties() != Shape.UNBOUNDED
                && Math.max(rules.minProperties(), rules.required().size()) > rules.maxProperties()) {
            return true;
        }
        for (String name : rules.required()) {
            if (isEmpty(rules.member(name), depth) || !accepts(rules.names(), name)) {
                return true;
            }
        }
        return false;
    }

    /** What all automata accept. */
    Dfa patterns(List<Dfa> patterns) {
        Dfa all = patterns.getFirst();
        for (Dfa next : patterns.subList(1, patterns.size())) {
            all = intersect(all, next);
        }
        return all;
    }

    Dfa intersect(Dfa left, Dfa right) {
        Dfa both = left.intersect(right, MAX_DFA_STATES);
        dfaStates += both.stateCount() + both.edgeCount();
        if (dfaStates > 2_000_000) {
            throw limit("the patterns take too much work to combine");
        }
        return both;
    }
}
