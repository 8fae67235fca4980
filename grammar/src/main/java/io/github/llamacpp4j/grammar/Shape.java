package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.SchemaDocument.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema without alternatives: which types, and for each type which values. Immutable.
 *
 * @param types bits of the types that are allowed
 * @param typed whether a schema named the types
 * @param numbers conditions on numbers
 * @param strings conditions on strings
 * @param arrays conditions on arrays
 * @param objects conditions on objects
 * @param values the only values allowed, or null for all
 * @param pending literals of schemas that must not hold and have not been worked in yet
 */
record Shape(
        int types,
        boolean typed,
        NumberRange numbers,
        StringRules strings,
        ArrayRules arrays,
        ObjectRules objects,
        @Nullable List<@Nullable Object> values,
        List<Integer> pending) {
    static final int NULL = 1;
    static final int FALSE = 2;
    static final int TRUE = 4;
    static final int NUMBER = 8;
    static final int STRING = 16;
    static final int ARRAY = 32;
    static final int OBJECT = 64;
    static final int ALL = 127;
    static final int UNBOUNDED = -1;

    static final Shape ANY =
            new Shape(ALL, false, NumberRange.ANY, StringRules.ANY, ArrayRules.ANY, ObjectRules.ANY, null, List.of());

    /** Conditions on a string: its length in code points and automata that must accept it. */
    record StringRules(int minLength, int maxLength, List<Dfa> patterns) {
        static final StringRules ANY = new StringRules(0, UNBOUNDED, List.of());

        StringRules and(StringRules other) {
            return new StringRules(
                    Math.max(minLength, other.minLength),
                    smaller(maxLength, other.maxLength),
                    join(patterns, other.patterns));
        }
    }

    /** What one schema says about the elements of an array. */
    record ArrayLayer(List<Conjunction> prefix, Conjunction rest) {
        Conjunction item(int index) {
            return index < prefix.size() ? prefix.get(index) : rest;
        }
    }

    /**
     * How many elements satisfy a schema.
     *
     * @param schema where that is said
     * @param hit the schema that is satisfied
     * @param miss its contrary
     */
    record Occurrence(Schema schema, Conjunction hit, Conjunction miss, int least, int most) {}

    /**
     * Conditions on an array.
     *
     * @param unique schemas that want all elements to differ
     */
    record ArrayRules(
            int minItems, int maxItems, List<ArrayLayer> layers, List<Schema> unique, List<Occurrence> occurrences) {
        static final ArrayRules ANY = ofLength(0, UNBOUNDED);

        static ArrayRules ofLength(int least, int most) {
            return new ArrayRules(least, most, List.of(), List.of(), List.of());
        }

        static ArrayRules ofItems(List<Conjunction> prefix, Conjunction rest) {
            return new ArrayRules(0, UNBOUNDED, List.of(new ArrayLayer(prefix, rest)), List.of(), List.of());
        }

        static ArrayRules ofUnique(Schema schema) {
            return new ArrayRules(0, UNBOUNDED, List.of(), List.of(schema), List.of());
        }

        static ArrayRules ofOccurrence(Occurrence occurrence) {
            return new ArrayRules(0, UNBOUNDED, List.of(), List.of(), List.of(occurrence));
        }

        ArrayRules and(ArrayRules other) {
            return new ArrayRules(
                    Math.max(minItems, other.minItems),
                    smaller(maxItems, other.maxItems),
                    join(layers, other.layers),
                    join(unique, other.unique),
                    join(occurrences, other.occurrences));
        }

        Conjunction item(int index) {
            Conjunction item = Conjunction.TRUE;
            for (ArrayLayer layer : layers) {
                item = item.and(layer.item(index));
            }
            return item;
        }

        int prefixLength() {
            return layers.stream()
                    .mapToInt(layer -> layer.prefix().size())
                    .max()
                    .orElse(0);
        }
    }

    /** A condition on the members whose names match a pattern, read narrowly and widely (see {@link Regex.Reading}). */
    record PatternRule(String pattern, Dfa narrow, Dfa wide, Conjunction value) {}

    /**
     * What one schema says about the members of an object.
     *
     * @param additional the condition on members named neither by a property nor by a pattern, if any
     * @param closing whether naming properties without {@code additional} means that no others are written
     */
    record ObjectLayer(
            Map<String, Conjunction> properties,
            List<PatternRule> patterns,
            @Nullable Conjunction additional,
            boolean closing) {
        Conjunction member(String name) {
            Conjunction value = Conjunction.TRUE;
            boolean named = false;
            Conjunction property = properties.get(name);
            if (property != null) {
                value = value.and(property);
                named = true;
            }
            for (PatternRule rule : patterns) {
                if (rule.narrow().accepts(name)) {
                    value = value.and(rule.value());
                    named = true;
                }
            }
            return named || additional == null ? value : value.and(additional);
        }

        /** Whether this layer keeps members out that it does not name. */
        boolean isClosed() {
            return closing && !properties.isEmpty() && additional == null;
        }
    }

    /** Conditions on an object. */
    record ObjectRules(
            int minProperties, int maxProperties, Set<String> required, List<ObjectLayer> layers, Conjunction names) {
        static final ObjectRules ANY = new ObjectRules(0, UNBOUNDED, Set.of(), List.of(), Conjunction.TRUE);

        static ObjectRules ofLayer(ObjectLayer layer) {
            return new ObjectRules(0, UNBOUNDED, Set.of(), List.of(layer), Conjunction.TRUE);
        }

        static ObjectRules ofRequired(Set<String> required) {
            return new ObjectRules(0, UNBOUNDED, required, List.of(), Conjunction.TRUE);
        }

        /** A member with this name must satisfy the condition. */
        static ObjectRules ofMember(String name, Conjunction value) {
            return ofLayer(new ObjectLayer(Map.of(name, value), List.of(), null, false));
        }

        ObjectRules and(ObjectRules other) {
            Set<String> all = new LinkedHashSet<>(required);
            all.addAll(other.required);
            return new ObjectRules(
                    Math.max(minProperties, other.minProperties),
                    smaller(maxProperties, other.maxProperties),
                    all,
                    join(layers, other.layers),
                    names.and(other.names));
        }

        Conjunction member(String name) {
            Conjunction value = Conjunction.TRUE;
            for (ObjectLayer layer : layers) {
                value = value.and(layer.member(name));
            }
            return value;
        }

        /** Names that properties declare, in order, then required ones that none declares. */
        Set<String> declared() {
            Set<String> declared = new LinkedHashSet<>();
            for (ObjectLayer layer : layers) {
                declared.addAll(layer.properties().keySet());
            }
            declared.addAll(required);
            return declared;
        }

        boolean isClosed() {
            return layers.stream().anyMatch(ObjectLayer::isClosed);
        }

        /** These rules with the members that would be written spelled out: no others may occur. */
        ObjectRules closed() {
            if (!isClosed()) {
                return this;
            }
            Map<String, Conjunction> open = new LinkedHashMap<>();
            declared().forEach(name -> open.put(name, Conjunction.TRUE));
            List<PatternRule> patterns = new ArrayList<>();
            for (ObjectLayer layer : layers) {
                for (PatternRule rule : layer.patterns()) {
                    patterns.add(new PatternRule(rule.pattern(), rule.narrow(), rule.wide(), Conjunction.TRUE));
                }
            }
            return and(ofLayer(new ObjectLayer(open, patterns, Conjunction.FALSE, false)));
        }
    }

    static Shape ofTypes(int types, boolean typed) {
        return new Shape(
                types, typed, NumberRange.ANY, StringRules.ANY, ArrayRules.ANY, ObjectRules.ANY, null, List.of());
    }

    static Shape ofNumbers(NumberRange numbers) {
        return new Shape(ALL, false, numbers, StringRules.ANY, ArrayRules.ANY, ObjectRules.ANY, null, List.of());
    }

    static Shape ofStrings(StringRules strings) {
        return new Shape(ALL, false, NumberRange.ANY, strings, ArrayRules.ANY, ObjectRules.ANY, null, List.of());
    }

    static Shape ofArrays(ArrayRules arrays) {
        return new Shape(ALL, false, NumberRange.ANY, StringRules.ANY, arrays, ObjectRules.ANY, null, List.of());
    }

    static Shape ofObjects(ObjectRules objects) {
        return new Shape(ALL, false, NumberRange.ANY, StringRules.ANY, ArrayRules.ANY, objects, null, List.of());
    }

    static Shape ofValues(List<@Nullable Object> values) {
        return new Shape(
                ALL, true, NumberRange.ANY, StringRules.ANY, ArrayRules.ANY, ObjectRules.ANY, values, List.of());
    }

    static Shape ofPending(List<Integer> literals) {
        return new Shape(ALL, false, NumberRange.ANY, StringRules.ANY, ArrayRules.ANY, ObjectRules.ANY, null, literals);
    }

    /** This shape for one type only. */
    Shape only(int type) {
        return and(ofTypes(type, true));
    }

    Shape withValues(@Nullable List<@Nullable Object> chosen) {
        return new Shape(types, typed, numbers, strings, arrays, objects, chosen, pending);
    }

    Shape withoutPending() {
        return new Shape(types, typed, numbers, strings, arrays, objects, values, List.of());
    }

    /** What will be written: contract of closed objects applied. */
    Shape closed() {
        boolean untypedObject = !typed && values == null && objects.isClosed();
        return new Shape(
                untypedObject ? types & OBJECT : types,
                typed,
                numbers,
                strings,
                arrays,
                objects.closed(),
                values,
                pending);
    }

    Shape and(Shape other) {
        return new Shape(
                types & other.types,
                typed || other.typed,
                numbers.and(other.numbers),
                strings.and(other.strings),
                arrays.and(other.arrays),
                objects.and(other.objects),
                commonValues(values, other.values),
                join(pending, other.pending));
    }

    private static @Nullable List<@Nullable Object> commonValues(
            @Nullable List<@Nullable Object> left, @Nullable List<@Nullable Object> right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        List<@Nullable Object> common = new ArrayList<>();
        Set<Object> others = JsonValues.keys(right);
        for (Object value : left) {
            if (others.contains(JsonValues.key(value))) {
                common.add(value);
            }
        }
        return common;
    }

    boolean has(int type) {
        return (types & type) != 0;
    }

    static int smaller(int left, int right) {
        if (left == UNBOUNDED) {
            return right;
        }
        return right == UNBOUNDED ? left : Math.min(left, right);
    }

    static <T> List<T> join(List<T> left, List<T> right) {
        if (left.isEmpty()) {
            return right;
        }
        if (right.isEmpty()) {
            return left;
        }
        Set<T> all = new LinkedHashSet<>(left);
        all.addAll(right);
        return List.copyOf(all);
    }
}
