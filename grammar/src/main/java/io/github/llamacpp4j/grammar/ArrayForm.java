package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.SchemaDocument.Schema;
import io.github.llamacpp4j.grammar.Shape.ArrayRules;
import io.github.llamacpp4j.grammar.Shape.Occurrence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * JSON arrays. Elements that must all differ are enforced where there are few values, by one rule per set of those written; a count of
 * elements that satisfy a schema by one rule per number of elements and of such elements.
 */
final class ArrayForm {
    private static final int MOST_UNIQUE_VALUES = 10;
    private static final int MOST_COUNTS = 10_000;

    private final JsonLayout layout;
    private final Spelling spelling;
    private final ShapeAlgebra algebra;
    private final Function<Conjunction, Node> values;

    ArrayForm(JsonLayout layout, Spelling spelling, ShapeAlgebra algebra, Function<Conjunction, Node> values) {
        this.layout = layout;
        this.spelling = spelling;
        this.algebra = algebra;
        this.values = values;
    }

    Node node(ArrayRules array) {
        if (array.maxItems() != Shape.UNBOUNDED && array.minItems() > array.maxItems()) {
            return Node.never();
        }
        boolean single = array.maxItems() == 0 || array.maxItems() == 1;
        List<Occurrence> occurrences = array.occurrences().stream()
                .filter(occurrence -> occurrence.least() > 0 || occurrence.most() != Shape.UNBOUNDED)
                .toList();
        if (!array.unique().isEmpty() && !single) {
            Optional<Node> unique = occurrences.isEmpty() ? unique(array) : Optional.empty();
            if (unique.isPresent()) {
                return unique.orElseThrow();
            }
            unsupported(
                    array.unique().getFirst(),
                    "uniqueItems",
                    "elements can be told apart only where each is one of at most " + MOST_UNIQUE_VALUES
                            + " values, and nothing else is counted");
        }
        if (occurrences.size() > 1) {
            unsupported(occurrences.getLast().schema(), "contains", "elements can be counted in one way only");
        }
        return occurrences.isEmpty() ? plain(array) : new Counted(array, occurrences.getFirst()).node();
    }

    private void unsupported(Schema schema, String keyword, String reason) {
        algebra.unsupported(schema, keyword, reason);
    }

    private Node plain(ArrayRules array) {
        int min = array.minItems();
        int max = array.maxItems();
        Node empty = new Node.Literal("[]");
        if (max == 0) {
            return empty;
        }
        int prefix = array.prefixLength();
        int start = Math.max(1, prefix);
        Node tail = Node.empty();
        if (max == Shape.UNBOUNDED || max > start) {
            Node element = Node.sequence(layout.comma(), values.apply(array.item(start)));
            tail = Node.repeat(
                    element, Math.max(0, min - start), max == Shape.UNBOUNDED ? Node.Repeat.UNBOUNDED : max - start);
        }
        for (int i = start - 1; i >= 1; i--) {
            if (max != Shape.UNBOUNDED && i >= max) {
                continue;
            }
            Node element = Node.sequence(layout.comma(), values.apply(array.item(i)), tail);
            tail = i < min ? element : Node.optional(element);
        }
        Node filled = Node.sequence(layout.open("["), values.apply(array.item(0)), tail, layout.close("]"));
        return min > 0 ? filled : Node.choice(empty, filled);
    }

    /** Arrays of different values; empty if the values are not few. */
    private Optional<Node> unique(ArrayRules array) {
        List<@Nullable Object> all = new ArrayList<>();
        List<List<@Nullable Object>> byPlace = new ArrayList<>();
        for (int i = 0; i <= array.prefixLength(); i++) {
            boolean reached = array.maxItems() == Shape.UNBOUNDED || i < array.maxItems();
            Optional<List<@Nullable Object>> few =
                    reached ? algebra.fewValues(array.item(i), MOST_UNIQUE_VALUES) : Optional.of(List.of());
            if (few.isEmpty()) {
                return Optional.empty();
            }
            byPlace.add(few.orElseThrow());
            for (Object value : few.orElseThrow()) {
                if (!JsonValues.contains(all, value)) {
                    all.add(value);
                }
            }
        }
        if (all.size() > MOST_UNIQUE_VALUES) {
            return Optional.empty();
        }
        Rule[] rules = new Rule[1 << all.size()];
        for (int written = 0; written < rules.length; written++) {
            rules[written] = new Rule("unique");
        }
        for (int written = 0; written < rules.length; written++) {
            int count = Integer.bitCount(written);
            List<Node> options = new ArrayList<>();
            if (count >= array.minItems()) {
                options.add(end(count));
            }
            for (int v = 0; v < all.size(); v++) {
                boolean goesOn = array.maxItems() == Shape.UNBOUNDED || count < array.maxItems();
                List<@Nullable Object> here = byPlace.get(Math.min(count, byPlace.size() - 1));
                if (goesOn && (written >> v & 1) == 0 && JsonValues.contains(here, all.get(v))) {
                    options.add(Node.sequence(
                            before(count),
                            JsonValues.text(all.get(v), layout, spelling),
                            new Node.Call(rules[written | 1 << v])));
                }
            }
            rules[written].define(Node.choice(options));
        }
        return Optional.of(new Node.Call(rules[0]));
    }

    /** What stands before an element. */
    private Node before(int count) {
        return count == 0 ? layout.open("[") : layout.comma();
    }

    /** What stands after so many elements. */
    private Node end(int count) {
        return count == 0 ? new Node.Literal("[]") : layout.close("]");
    }

    /** Arrays of which a number of elements satisfy a schema. */
    private final class Counted {
        private final ArrayRules array;
        private final Occurrence occurrence;
        /** Beyond so many elements, or so many that satisfy the schema, their number does not matter. */
        private final int length;

        private final int hits;
        private final Rule[][] rules;

        Counted(ArrayRules array, Occurrence occurrence) {
            this.array = array;
            this.occurrence = occurrence;
            length = array.maxItems() == Shape.UNBOUNDED
                    ? Math.max(1, Math.max(array.minItems(), array.prefixLength()))
                    : array.maxItems();
            hits = occurrence.most() == Shape.UNBOUNDED ? occurrence.least() : occurrence.most();
            if ((length + 1L) * (hits + 1L) > MOST_COUNTS) {
                throw new SchemaException(
                        SchemaException.Kind.LIMIT,
                        occurrence.schema().pointer(),
                        "contains",
                        "more than " + MOST_COUNTS + " combinations of counts");
            }
            rules = new Rule[length + 1][hits + 1];
        }

        Node node() {
            for (Rule[] row : rules) {
                for (int h = 0; h <= hits; h++) {
                    row[h] = new Rule("counted");
                }
            }
            for (int n = 0; n <= length; n++) {
                for (int h = 0; h <= hits; h++) {
                    rules[n][h].define(Node.choice(options(n, h)));
                }
            }
            return new Node.Call(rules[0][0]);
        }

        private List<Node> options(int count, int hit) {
            List<Node> options = new ArrayList<>();
            if (count >= array.minItems() && hit >= occurrence.least()) {
                options.add(end(count));
            }
            boolean counted = occurrence.most() != Shape.UNBOUNDED;
            int next = count < length ? count + 1 : length;
            if (count == length && array.maxItems() != Shape.UNBOUNDED) {
                return options;
            }
            Conjunction item = array.item(count);
            if (hit < hits) {
                options.add(element(count, item.and(occurrence.hit()), rules[next][hit + 1]));
            }
            options.add(element(count, counted ? item.and(occurrence.miss()) : item, rules[next][hit]));
            return options;
        }

        private Node element(int count, Conjunction value, Rule rest) {
            return value.isFalse()
                    ? Node.never()
                    : Node.sequence(before(count), values.apply(value), new Node.Call(rest));
        }
    }
}
