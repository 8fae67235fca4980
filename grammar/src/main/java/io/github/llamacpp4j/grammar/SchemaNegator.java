package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.SchemaDocument.Schema;
import io.github.llamacpp4j.grammar.Shape.ArrayRules;
import io.github.llamacpp4j.grammar.Shape.ObjectRules;
import io.github.llamacpp4j.grammar.Shape.Occurrence;
import io.github.llamacpp4j.grammar.Shape.StringRules;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a schema into the shapes of what is <em>not</em> an instance of it: those that break one keyword or another. */
final class SchemaNegator {
    private static final Set<String> HARMLESS = Set.of("then", "else", "minContains", "maxContains", "additionalItems");

    private final SchemaDocument document;
    private final SchemaKeywords keywords;
    private final ShapeAlgebra algebra;
    private final GrammarLimits limits;

    SchemaNegator(SchemaDocument document, ShapeAlgebra algebra, GrammarLimits limits) {
        this.document = document;
        this.keywords = new SchemaKeywords(document);
        this.algebra = algebra;
        this.limits = limits;
    }

    List<Shape> read(Schema schema) {
        if (!(schema.value() instanceof Map<?, ?> map)) {
            return schema.value().equals(true) ? List.of() : List.of(Shape.ANY);
        }
        if (document.isDraft7() && map.containsKey("$ref")) {
            return not(document.resolve(schema, map.get("$ref")));
        }
        List<Shape> shapes = new ArrayList<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            shapes.addAll(keyword(schema, map, String.valueOf(entry.getKey()), entry.getValue()));
        }
        return shapes;
    }

    private List<Shape> not(Schema schema) {
        return algebra.shapes(Conjunction.of(schema.literal() + 1));
    }

    private List<Shape> keyword(Schema schema, Map<?, ?> map, String keyword, @Nullable Object value) {
        return switch (keyword) {
            case "type" -> types(schema, value);
            case "enum" -> outside(schema, keyword, keywords.nonEmptyList(schema, keyword, value));
            case "const" -> {
                List<@Nullable Object> only = new ArrayList<>();
                only.add(value);
                yield outside(schema, keyword, only);
            }
            case "minimum" -> number(NumberRange.atMost(keywords.number(schema, keyword, value), true));
            case "exclusiveMinimum" -> number(NumberRange.atMost(keywords.number(schema, keyword, value), false));
            case "maximum" -> number(NumberRange.atLeast(keywords.number(schema, keyword, value), true));
            case "exclusiveMaximum" -> number(NumberRange.atLeast(keywords.number(schema, keyword, value), false));
            case "minLength" -> {
                int count = keywords.count(schema, keyword, value);
                yield count == 0 ? List.of() : string(new StringRules(0, count - 1, List.of()));
            }
            case "maxLength" ->
                string(new StringRules(keywords.count(schema, keyword, value) + 1, Shape.UNBOUNDED, List.of()));
            case "pattern" -> pattern(schema, keyword, value);
            case "minItems" -> {
                int count = keywords.count(schema, keyword, value);
                yield count == 0 ? List.of() : array(ArrayRules.ofLength(0, count - 1));
            }
            case "maxItems" -> array(ArrayRules.ofLength(keywords.count(schema, keyword, value) + 1, Shape.UNBOUNDED));
            case "items" -> items(schema, map, value);
            case "contains" -> contains(schema, map, value);
            case "required" -> {
                List<Shape> shapes = new ArrayList<>();
                for (String name : keywords.strings(schema, keyword, value)) {
                    shapes.addAll(object(ObjectRules.ofMember(name, Conjunction.FALSE)));
                }
                yield shapes;
            }
            case "properties" -> properties(schema, keyword, value);
            case "$ref" -> not(document.resolve(schema, value == null ? "" : value));
            case "allOf", "anyOf", "not" -> combined(schema, keyword, value);
            case "if" -> {
                if (map.containsKey("then") || map.containsKey("else")) {
                    algebra.unsupported(schema, keyword, "a condition cannot be negated");
                }
                yield List.of();
            }
            default -> {
                if (!SchemaKeywords.ANNOTATIONS.contains(keyword)
                        && !HARMLESS.contains(keyword)
                        && !keyword.startsWith("x-")) {
                    algebra.unsupported(schema, keyword, "this keyword cannot be negated");
                }
                yield List.of();
            }
        };
    }

    private List<Shape> types(Schema schema, @Nullable Object value) {
        SchemaKeywords.Types types = keywords.types(schema, value);
        List<Shape> shapes = new ArrayList<>();
        shapes.add(Shape.ofTypes(Shape.ALL & ~types.bits(), true));
        if (types.integersOnly()) {
            shapes.addAll(number(NumberRange.ofKind(NumberRange.Kind.FRACTION)));
        }
        return shapes;
    }

    private List<Shape> outside(Schema schema, String keyword, List<? extends @Nullable Object> values) {
        Shape shape = Shape.ANY;
        Set<String> strings = new LinkedHashSet<>();
        for (Object value : values) {
            switch (value) {
                case null -> shape = shape.and(Shape.ofTypes(Shape.ALL & ~Shape.NULL, false));
                case Boolean bool ->
                    shape = shape.and(Shape.ofTypes(Shape.ALL & ~(bool ? Shape.TRUE : Shape.FALSE), false));
                case Number number -> {
                    NumberRange others = NumberRange.not(JsonValues.decimal(number));
                    if (others.oversized() != null) {
                        algebra.unsupported(schema, keyword, "the number has too many digits");
                        return List.of();
                    }
                    shape = shape.and(Shape.ofNumbers(others));
                }
                case String string -> strings.add(string);
                default -> {
                    algebra.unsupported(schema, keyword, "an array or object cannot be excluded");
                    return List.of();
                }
            }
        }
        if (!strings.isEmpty()) {
            Dfa others = Dfa.ofStrings(strings).complement();
            shape = shape.and(Shape.ofStrings(new StringRules(0, Shape.UNBOUNDED, List.of(others))));
        }
        return List.of(shape);
    }

    private List<Shape> pattern(Schema schema, String keyword, @Nullable Object value) {
        String pattern = keywords.string(schema, keyword, value);
        try {
            Dfa dfa = RegexCompiler.compile(pattern, false, Regex.Reading.WIDE, limits)
                    .complement();
            return string(new StringRules(0, Shape.UNBOUNDED, List.of(dfa)));
        } catch (GrammarException e) {
            if (e.kind() == GrammarException.Kind.SYNTAX) {
                throw schema.invalid(keyword, e.getMessage());
            }
            algebra.unsupported(schema, keyword, e.getMessage());
            return List.of();
        }
    }

    private List<Shape> items(Schema schema, Map<?, ?> map, @Nullable Object value) {
        if (value instanceof List<?> || map.containsKey("prefixItems")) {
            algebra.unsupported(schema, "items", "elements at certain places cannot be negated");
            return List.of();
        }
        Schema item = keywords.schema(schema, "items", value);
        return array(ArrayRules.ofOccurrence(
                new Occurrence(schema, item.contrary(), item.asConjunction(), 1, Shape.UNBOUNDED)));
    }

    private List<Shape> contains(Schema schema, Map<?, ?> map, @Nullable Object value) {
        boolean counted = map.containsKey("minContains") || map.containsKey("maxContains");
        if (counted && !document.isDraft7()) {
            algebra.unsupported(schema, "contains", "a count of elements cannot be negated");
            return List.of();
        }
        return array(ArrayRules.ofItems(
                List.of(), keywords.schema(schema, "contains", value).contrary()));
    }

    private List<Shape> properties(Schema schema, String keyword, @Nullable Object value) {
        List<Shape> shapes = new ArrayList<>();
        keywords.schemaMap(schema, keyword, value).forEach((name, member) -> {
            shapes.addAll(
                    object(ObjectRules.ofMember(name, member.contrary()).and(ObjectRules.ofRequired(Set.of(name)))));
        });
        return shapes;
    }

    private List<Shape> combined(Schema schema, String keyword, @Nullable Object value) {
        if (keyword.equals("not")) {
            return algebra.shapes(keywords.schema(schema, keyword, value).asConjunction());
        }
        keywords.nonEmptyList(schema, keyword, value);
        List<Shape> some = new ArrayList<>();
        List<Shape> all = List.of(Shape.ANY);
        for (Schema part : keywords.schemas(schema, keyword, value)) {
            List<Shape> broken = not(part);
            some.addAll(broken);
            all = keyword.equals("anyOf") ? algebra.product(all, broken) : all;
        }
        return keyword.equals("anyOf") ? all : some;
    }

    private static List<Shape> number(NumberRange range) {
        return List.of(Shape.ofNumbers(range).only(Shape.NUMBER));
    }

    private static List<Shape> string(StringRules rules) {
        return List.of(Shape.ofStrings(rules).only(Shape.STRING));
    }

    private static List<Shape> array(ArrayRules rules) {
        return List.of(Shape.ofArrays(rules).only(Shape.ARRAY));
    }

    private static List<Shape> object(ObjectRules rules) {
        return List.of(Shape.ofObjects(rules).only(Shape.OBJECT));
    }
}
