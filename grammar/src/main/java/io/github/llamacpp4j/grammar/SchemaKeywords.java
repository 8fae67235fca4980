package io.github.llamacpp4j.grammar;

import io.github.llamacpp4j.grammar.SchemaDocument.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the values of keywords and checks that they are what JSON Schema asks for. */
final class SchemaKeywords {
    /** Keywords that say nothing about which instances are valid. */
    static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "example",
            "$comment",
            "$schema",
            "$id",
            "id",
            "readOnly",
            "writeOnly",
            "deprecated",
            "contentEncoding",
            "contentMediaType",
            "contentSchema",
            "$defs",
            "definitions",
            "$vocabulary",
            "$anchor",
            "externalDocs",
            "xml",
            "nullable",
            "discriminator",
            "markdownDescription",
            "enumDescriptions",
            "enumNames",
            "propertyOrdering");

    private static final Map<String, Integer> TYPES = Map.of(
            "null", Shape.NULL,
            "boolean", Shape.TRUE | Shape.FALSE,
            "number", Shape.NUMBER,
            "integer", Shape.NUMBER,
            "string", Shape.STRING,
            "array", Shape.ARRAY,
            "object", Shape.OBJECT);

    private final SchemaDocument document;

    SchemaKeywords(SchemaDocument document) {
        this.document = document;
    }

    /** The named types; numbers are whole when {@code integer} is named and {@code number} is not. */
    record Types(int bits, boolean integersOnly) {}

    Types types(Schema schema, @Nullable Object value) {
        List<?> names = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        if (names.isEmpty()) {
            throw schema.invalid("type", "expected the name of a type or a list of names");
        }
        int bits = 0;
        boolean number = false;
        for (Object name : names) {
            Integer bit = name instanceof String text ? TYPES.get(text) : null;
            if (bit == null) {
                throw schema.invalid(
                        "type", "expected null, boolean, number, integer, string, array or object, found " + name);
            }
            bits |= bit;
            number |= "number".equals(name);
        }
        return new Types(bits, !number && names.contains("integer"));
    }

    BigDecimal number(Schema schema, String keyword, @Nullable Object value) {
        if (!(value instanceof Number number)) {
            throw schema.invalid(keyword, "expected a number");
        }
        if ((number instanceof Double d && !Double.isFinite(d)) || (number instanceof Float f && !Float.isFinite(f))) {
            throw schema.invalid(keyword, "expected a finite number");
        }
        return JsonValues.decimal(number);
    }

    /** A count; what exceeds every possible text is as good as {@link Integer#MAX_VALUE} / 2. */
    int count(Schema schema, String keyword, @Nullable Object value) {
        BigDecimal number = number(schema, keyword, value);
        if (number.signum() < 0 || number.scale() > 1_000 || !JsonValues.isInteger(number)) {
            throw schema.invalid(keyword, "expected a whole number that is not negative");
        }
        BigDecimal most = BigDecimal.valueOf(Integer.MAX_VALUE / 2);
        return number.compareTo(most) >= 0 ? Integer.MAX_VALUE / 2 : number.intValueExact();
    }

    String string(Schema schema, String keyword, @Nullable Object value) {
        if (!(value instanceof String text)) {
            throw schema.invalid(keyword, "expected a string");
        }
        return text;
    }

    boolean bool(Schema schema, String keyword, @Nullable Object value) {
        if (!(value instanceof Boolean bool)) {
            throw schema.invalid(keyword, "expected true or false");
        }
        return bool;
    }

    List<?> list(Schema schema, String keyword, @Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            throw schema.invalid(keyword, "expected a list");
        }
        return list;
    }

    List<?> nonEmptyList(Schema schema, String keyword, @Nullable Object value) {
        List<?> list = list(schema, keyword, value);
        if (list.isEmpty()) {
            throw schema.invalid(keyword, "expected at least one element");
        }
        return list;
    }

    Set<String> strings(Schema schema, String keyword, @Nullable Object value) {
        Set<String> names = new LinkedHashSet<>();
        for (Object name : list(schema, keyword, value)) {
            names.add(string(schema, keyword, name));
        }
        return names;
    }

    Map<String, Object> map(Schema schema, String keyword, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw schema.invalid(keyword, "expected an object");
        }
        Map<String, Object> typed = new LinkedHashMap<>();
        map.forEach((key, member) -> {
            if (member == null) {
                throw schema.invalid(keyword, "expected a value for '" + key + "', found null");
            }
            typed.put(String.valueOf(key), member);
        });
        return typed;
    }

    /** The schema that is the value of a keyword. */
    Schema schema(Schema parent, String keyword, @Nullable Object value) {
        return document.at(SchemaDocument.child(parent.pointer(), keyword), value, "");
    }

    /** The schemas in the list that is the value of a keyword. */
    List<Schema> schemas(Schema parent, String keyword, @Nullable Object value) {
        String pointer = SchemaDocument.child(parent.pointer(), keyword);
        List<Schema> schemas = new ArrayList<>();
        int index = 0;
        for (Object element : list(parent, keyword, value)) {
            schemas.add(document.at(SchemaDocument.child(pointer, String.valueOf(index++)), element, ""));
        }
        return schemas;
    }

    /** The schemas in the map that is the value of a keyword. */
    Map<String, Schema> schemaMap(Schema parent, String keyword, @Nullable Object value) {
        String pointer = SchemaDocument.child(parent.pointer(), keyword);
        Map<String, Schema> schemas = new LinkedHashMap<>();
        map(parent, keyword, value)
                .forEach((name, member) ->
                        schemas.put(name, document.at(SchemaDocument.child(pointer, name), member, "")));
        return schemas;
    }
}
