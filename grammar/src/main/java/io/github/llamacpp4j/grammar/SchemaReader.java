package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.SchemaDocument.Schema;
import io.github.llamacpp4j.grammar.Shape.ArrayRules;
import io.github.llamacpp4j.grammar.Shape.ObjectLayer;
import io.github.llamacpp4j.grammar.Shape.ObjectRules;
import io.github.llamacpp4j.grammar.Shape.Occurrence;
import io.github.llamacpp4j.grammar.Shape.PatternRule;
import io.github.llamacpp4j.grammar.Shape.StringRules;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a schema into the shapes that together are its instances. */
final class SchemaReader {
    private final SchemaDocument document;
    private final SchemaKeywords keywords;
    private final ShapeAlgebra algebra;
    private final GrammarLimits limits;

    SchemaReader(SchemaDocument document, ShapeAlgebra algebra, GrammarLimits limits) {
        this.document = document;
        this.keywords = new SchemaKeywords(document);
        this.algebra = algebra;
        this.limits = limits;
    }

    List<Shape> read(Schema schema) {
        if (!(schema.value() instanceof Map<?, ?> map)) {
            return schema.value().equals(true) ? List.of(Shape.ANY) : List.of();
        }
        if (document.isDraft7() && map.containsKey("$ref")) {
            return algebra.shapes(document.resolve(schema, map.get("$ref")).asConjunction());
        }
        List<Shape> shapes = List.of(Shape.ANY);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String keyword = String.valueOf(entry.getKey());
            List<Shape> read = keyword(schema, map, keyword, entry.getValue());
            shapes = algebra.product(shapes, read);
        }
        return shapes;
    }

    private List<Shape> keyword(Schema schema, Map<?, ?> map, String keyword, @Nullable Object value) {
        return switch (keyword) {
            case "type" -> types(schema, value);
            case "enum" -> List.of(Shape.ofValues(new ArrayList<>(keywords.nonEmptyList(schema, keyword, value))));
            case "const" -> {
                List<@Nullable Object> only = new ArrayList<>();
                only.add(value);
                yield List.of(Shape.ofValues(only));
            }
            case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" ->
                List.of(Shape.ofNumbers(numbers(schema, keyword, value)));
            case "minLength", "maxLength", "pattern", "format" -> strings(schema, keyword, value);
            case "items",
                    "prefixItems",
                    "additionalItems",
                    "minItems",
                    "maxItems",
                    "uniqueItems",
                    "contains",
                    "minContains",
                    "maxContains" -> arrays(schema, map, keyword, value);
            case "properties",
                    "patternProperties",
                    "additionalProperties",
                    "required",
                    "minProperties",
                    "maxProperties",
                    "propertyNames",
                    "dependentRequired",
                    "dependentSchemas",
                    "dependencies" -> objects(schema, map, keyword, value);
            case "$ref" ->
                algebra.shapes(
                        document.resolve(schema, value == null ? "" : value).asConjunction());
            case "allOf", "anyOf", "oneOf", "not", "if", "then", "else" -> combined(schema, map, keyword, value);
            default -> {
                if (!SchemaKeywords.ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-")) {
                    algebra.unsupported(schema, keyword, "this keyword is not supported");
                }
                if (keyword.equals("$id")
                        && !schema.pointer().isEmpty()
                        && !(value instanceof String id && id.startsWith("#"))) {
                    algebra.unsupported(schema, keyword, "a schema inside another cannot have its own base URI");
                }
                yield List.of(Shape.ANY);
            }
        };
    }

    private List<Shape> types(Schema schema, @Nullable Object value) {
        SchemaKeywords.Types types = keywords.types(schema, value);
        Shape shape = Shape.ofTypes(types.bits(), true);
        return List.of(
                types.integersOnly()
                        ? shape.and(Shape.ofNumbers(NumberRange.ofKind(NumberRange.Kind.INTEGER)))
                        : shape);
    }

    private NumberRange numbers(Schema schema, String keyword, @Nullable Object value) {
        BigDecimal number = keywords.number(schema, keyword, value);
        NumberRange range = switch (keyword) {
            case "minimum" -> NumberRange.atLeast(number, false);
            case "exclusiveMinimum" -> NumberRange.atLeast(number, true);
            case "maximum" -> NumberRange.atMost(number, false);
            case "exclusiveMaximum" -> NumberRange.atMost(number, true);
            default -> {
                if (number.signum() <= 0) {
                    throw schema.invalid(keyword, "expected a number above zero");
                }
                yield NumberRange.multipleOf(number);
            }
        };
        if (range.oversized() != null) {
            algebra.unsupported(schema, keyword, "the number has too many digits");
            return NumberRange.ANY;
        }
        if (range.inexactStep() != null) {
            algebra.unsupported(
                    schema, keyword, "only whole steps up to 4000 and sums of powers of two can be enforced exactly");
            return NumberRange.ANY;
        }
        return range;
    }

    private List<Shape> strings(Schema schema, String keyword, @Nullable Object value) {
        StringRules rules = switch (keyword) {
            case "minLength" -> new StringRules(keywords.count(schema, keyword, value), Shape.UNBOUNDED, List.of());
            case "maxLength" -> new StringRules(0, upperBound(schema, keyword, value), List.of());
            case "pattern" -> {
                String pattern = keywords.string(schema, keyword, value);
                Optional<Dfa> dfa = pattern(schema, keyword, pattern, Regex.Reading.NARROW);
                yield new StringRules(0, Shape.UNBOUNDED, dfa.map(List::of).orElse(List.of()));
            }
            default -> {
                String format = keywords.string(schema, keyword, value);
                Optional<Dfa> dfa = StringFormats.find(format);
                if (dfa.isEmpty()) {
                    algebra.unsupported(schema, keyword, "the format '" + format + "' is not supported");
                }
                yield new StringRules(0, Shape.UNBOUNDED, dfa.map(List::of).orElse(List.of()));
            }
        };
        return List.of(Shape.ofStrings(rules));
    }

    /** Compiles a pattern; empty if it is not supported and that is tolerated. */
    Optional<Dfa> pattern(Schema schema, String keyword, String pattern, Regex.Reading reading) {
        try {
            return Optional.of(RegexCompiler.compile(pattern, false, reading, limits));
        } catch (GrammarException e) {
            if (e.kind() == GrammarException.Kind.SYNTAX) {
                throw schema.invalid(keyword, e.getMessage());
            }
            algebra.unsupported(schema, keyword, e.getMessage());
            return Optional.empty();
        }
    }

    private int upperBound(Schema schema, String keyword, @Nullable Object value) {
        int count = keywords.count(schema, keyword, value);
        return count == Integer.MAX_VALUE / 2 ? Shape.UNBOUNDED : count;
    }

    private List<Shape> arrays(Schema schema, Map<?, ?> map, String keyword, @Nullable Object value) {
        ArrayRules rules = switch (keyword) {
            case "minItems" -> ArrayRules.ofLength(keywords.count(schema, keyword, value), Shape.UNBOUNDED);
            case "maxItems" -> ArrayRules.ofLength(0, upperBound(schema, keyword, value));
            case "uniqueItems" -> keywords.bool(schema, keyword, value) ? ArrayRules.ofUnique(schema) : ArrayRules.ANY;
            case "contains" -> contains(schema, map, value);
            case "minContains", "maxContains" -> {
                keywords.count(schema, keyword, value);
                yield ArrayRules.ANY;
            }
            case "items" -> items(schema, map, value);
            case "prefixItems" -> {
                if (document.isDraft7()) {
                    yield ArrayRules.ANY;
                }
                keywords.nonEmptyList(schema, keyword, value);
                yield map.containsKey("items") ? ArrayRules.ANY : tuple(schema, keyword, value, Conjunction.TRUE);
            }
            default -> {
                keywords.schema(schema, keyword, value);
                if (!document.isDraft7()) {
                    algebra.unsupported(schema, keyword, "draft 2020-12 has prefixItems and items instead");
                }
                yield ArrayRules.ANY;
            }
        };
        return List.of(Shape.ofArrays(rules));
    }

    private ArrayRules contains(Schema schema, Map<?, ?> map, @Nullable Object value) {
        Schema hit = keywords.schema(schema, "contains", value);
        boolean counted = !document.isDraft7();
        int least = counted && map.containsKey("minContains")
                ? keywords.count(schema, "minContains", map.get("minContains"))
                : 1;
        int most = counted && map.containsKey("maxContains")
                ? upperBound(schema, "maxContains", map.get("maxContains"))
                : Shape.UNBOUNDED;
        return ArrayRules.ofOccurrence(new Occurrence(schema, hit.asConjunction(), hit.contrary(), least, most));
    }

    private ArrayRules items(Schema schema, Map<?, ?> map, @Nullable Object value) {
        if (document.isDraft7() && value instanceof List<?>) {
            Conjunction rest = map.containsKey("additionalItems")
                    ? keywords.schema(schema, "additionalItems", map.get("additionalItems"))
                            .asConjunction()
                    : Conjunction.TRUE;
            return tuple(schema, "items", value, rest);
        }
        Conjunction rest = keywords.schema(schema, "items", value).asConjunction();
        if (!document.isDraft7() && map.containsKey("prefixItems")) {
            return tuple(schema, "prefixItems", map.get("prefixItems"), rest);
        }
        return ArrayRules.ofItems(List.of(), rest);
    }

    private ArrayRules tuple(Schema schema, String keyword, @Nullable Object value, Conjunction rest) {
        List<Conjunction> prefix = keywords.schemas(schema, keyword, value).stream()
                .map(Schema::asConjunction)
                .toList();
        return ArrayRules.ofItems(prefix, rest);
    }

    private List<Shape> objects(Schema schema, Map<?, ?> map, String keyword, @Nullable Object value) {
        return switch (keyword) {
            case "required" ->
                List.of(Shape.ofObjects(ObjectRules.ofRequired(keywords.strings(schema, keyword, value))));
            case "minProperties" ->
                List.of(Shape.ofObjects(new ObjectRules(
                        keywords.count(schema, keyword, value),
                        Shape.UNBOUNDED,
                        Set.of(),
                        List.of(),
                        Conjunction.TRUE)));
            case "maxProperties" ->
                List.of(Shape.ofObjects(
                        new ObjectRules(0, upperBound(schema, keyword, value), Set.of(), List.of(), Conjunction.TRUE)));
            case "propertyNames" ->
                List.of(Shape.ofObjects(new ObjectRules(
                        0,
                        Shape.UNBOUNDED,
                        Set.of(),
                        List.of(),
                        keywords.schema(schema, keyword, value).asConjunction())));
            case "dependentRequired", "dependentSchemas", "dependencies" -> dependencies(schema, keyword, value);
            default -> {
                boolean first = keyword.equals("properties")
                        || (keyword.equals("patternProperties") && !map.containsKey("properties"))
                        || (keyword.equals("additionalProperties")
                                && !map.containsKey("properties")
                                && !map.containsKey("patternProperties"));
                yield first ? List.of(Shape.ofObjects(ObjectRules.ofLayer(layer(schema, map)))) : List.of(Shape.ANY);
            }
        };
    }

    /** What {@code properties}, {@code patternProperties} and {@code additionalProperties} say together. */
    private ObjectLayer layer(Schema schema, Map<?, ?> map) {
        Map<String, Conjunction> properties = new LinkedHashMap<>();
        if (map.containsKey("properties")) {
            keywords.schemaMap(schema, "properties", map.get("properties"))
                    .forEach((name, member) -> properties.put(name, member.asConjunction()));
        }
        List<PatternRule> patterns = new ArrayList<>();
        if (map.containsKey("patternProperties")) {
            keywords.schemaMap(schema, "patternProperties", map.get("patternProperties"))
                    .forEach((pattern, member) -> {
                        Optional<Dfa> narrow = pattern(schema, "patternProperties", pattern, Regex.Reading.NARROW);
                        Optional<Dfa> wide = narrow.flatMap(
                                ignored -> pattern(schema, "patternProperties", pattern, Regex.Reading.WIDE));
                        if (narrow.isPresent() && wide.isPresent()) {
                            patterns.add(new PatternRule(
                                    pattern, narrow.orElseThrow(), wide.orElseThrow(), member.asConjunction()));
                        }
                    });
        }
        Conjunction additional = map.containsKey("additionalProperties")
                ? keywords.schema(schema, "additionalProperties", map.get("additionalProperties"))
                        .asConjunction()
                : null;
        return new ObjectLayer(properties, patterns, additional, true);
    }

    /** If a member is there, so are others, or a schema holds: for each member one shape without and one with it. */
    private List<Shape> dependencies(Schema schema, String keyword, @Nullable Object value) {
        String pointer = SchemaDocument.child(schema.pointer(), keyword);
        List<Shape> shapes = List.of(Shape.ANY);
        for (Map.Entry<String, Object> entry :
                keywords.map(schema, keyword, value).entrySet()) {
            String name = entry.getKey();
            Shape with = Shape.ofObjects(ObjectRules.ofRequired(Set.of(name)));
            List<Shape> options = new ArrayList<>();
            options.add(Shape.ofObjects(ObjectRules.ofMember(name, Conjunction.FALSE)));
            if (!keyword.equals("dependentSchemas") && entry.getValue() instanceof List<?> names) {
                Set<String> required = keywords.strings(schema, keyword, names);
                options.add(with.and(Shape.ofObjects(ObjectRules.ofRequired(required))));
            } else if (keyword.equals("dependentRequired")) {
                throw schema.invalid(keyword, "expected a list of names for '" + name + "'");
            } else {
                Schema dependent = document.at(SchemaDocument.child(pointer, name), entry.getValue(), "");
                options.addAll(algebra.product(List.of(with), algebra.shapes(dependent.asConjunction())));
            }
            shapes = algebra.product(shapes, options);
        }
        return shapes;
    }

    private List<Shape> combined(Schema schema, Map<?, ?> map, String keyword, @Nullable Object value) {
        return switch (keyword) {
            case "allOf" -> {
                keywords.nonEmptyList(schema, keyword, value);
                Conjunction all = Conjunction.TRUE;
                for (Schema part : keywords.schemas(schema, keyword, value)) {
                    all = all.and(part.asConjunction());
                }
                yield algebra.shapes(all);
            }
            case "anyOf" -> {
                keywords.nonEmptyList(schema, keyword, value);
                List<Shape> shapes = new ArrayList<>();
                for (Schema part : keywords.schemas(schema, keyword, value)) {
                    shapes.addAll(algebra.shapes(part.asConjunction()));
                }
                yield shapes;
            }
            case "oneOf" -> {
                keywords.nonEmptyList(schema, keyword, value);
                yield oneOf(keywords.schemas(schema, keyword, value));
            }
            case "not" ->
                List.of(Shape.ofPending(
                        List.of(keywords.schema(schema, keyword, value).literal())));
            case "if" -> conditional(schema, map, value);
            default -> {
                keywords.schema(schema, keyword, value);
                yield List.of(Shape.ANY);
            }
        };
    }

    private List<Shape> oneOf(List<Schema> parts) {
        List<Shape> shapes = new ArrayList<>();
        for (Schema part : parts) {
            List<Integer> others = new ArrayList<>();
            for (Schema other : parts) {
                if (other.number() != part.number()) {
                    others.add(other.literal());
                }
            }
            shapes.addAll(algebra.product(algebra.shapes(part.asConjunction()), List.of(Shape.ofPending(others))));
        }
        return shapes;
    }

    private List<Shape> conditional(Schema schema, Map<?, ?> map, @Nullable Object value) {
        Schema condition = keywords.schema(schema, "if", value);
        if (!map.containsKey("then") && !map.containsKey("else")) {
            return List.of(Shape.ANY);
        }
        List<Shape> then = branch(schema, map, "then");
        List<Shape> otherwise = branch(schema, map, "else");
        List<Shape> shapes = new ArrayList<>(algebra.product(algebra.shapes(condition.asConjunction()), then));
        shapes.addAll(algebra.product(List.of(Shape.ofPending(List.of(condition.literal()))), otherwise));
        return shapes;
    }

    private List<Shape> branch(Schema schema, Map<?, ?> map, String keyword) {
        return map.containsKey(keyword)
                ? algebra.shapes(
                        keywords.schema(schema, keyword, map.get(keyword)).asConjunction())
                : List.of(Shape.ANY);
    }
}
