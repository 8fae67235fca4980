package io.github.llamacpp4j.grammar;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A schema document: its schemas by JSON pointer, numbered as they are met. Number 0 is the schema {@code true}. */
final class SchemaDocument {
    private static final int MAX_DEPTH = 1_000;
    private static final int MAX_VALUES = 2_000_000;
    /** Keywords whose values are no schemas. */
    private static final Set<String> DATA = Set.of("const", "enum", "default", "examples");

    private final @Nullable Object root;
    private final boolean draft7;
    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, Schema> byPointer = new HashMap<>();

    /**
     * One schema of the document.
     *
     * @param number its number
     * @param pointer its JSON pointer
     * @param value a map or a boolean
     */
    record Schema(int number, String pointer, Object value) {
        int literal() {
            return 2 * number;
        }

        Conjunction asConjunction() {
            if (value instanceof Boolean bool) {
                return bool ? Conjunction.TRUE : Conjunction.FALSE;
            }
            return Conjunction.of(literal());
        }

        /** What does not satisfy this schema. */
        Conjunction contrary() {
            if (value instanceof Boolean bool) {
                return bool ? Conjunction.FALSE : Conjunction.TRUE;
            }
            return Conjunction.of(literal() + 1);
        }

        SchemaException invalid(String keyword, String message) {
            return new SchemaException(SchemaException.Kind.INVALID, pointer, keyword, message);
        }
    }

    SchemaDocument(@Nullable Object root, SchemaOptions.Draft draft) {
        checkSize(root);
        this.root = root;
        this.draft7 = draft == SchemaOptions.Draft.DRAFT_7
                || (draft == SchemaOptions.Draft.DETECT
                        && root instanceof Map<?, ?> map
                        && map.get("$schema") instanceof String name
                        && (name.contains("draft-07") || name.contains("draft-06") || name.contains("draft-04")));
        schemas.add(new Schema(0, "", true));
    }

    private record Nested(Object value, int depth) {}

    private static void checkSize(@Nullable Object root) {
        ArrayDeque<Nested> work = new ArrayDeque<>();
        if (root != null) {
            work.push(new Nested(root, 1));
        }
        int count = 0;
        while (!work.isEmpty()) {
            Nested next = work.pop();
            if (++count > MAX_VALUES || next.depth() > MAX_DEPTH) {
                throw new SchemaException(
                        SchemaException.Kind.LIMIT,
                        "",
                        "",
                        "nested deeper than " + MAX_DEPTH + " levels or more than " + MAX_VALUES + " values");
            }
            Iterable<?> children = List.of();
            if (next.value() instanceof Map<?, ?> map) {
                children = map.values();
            } else if (next.value() instanceof List<?> list) {
                children = list;
            }
            for (Object child : children) {
                if (child != null) {
                    work.push(new Nested(child, next.depth() + 1));
                }
            }
        }
    }

    boolean isDraft7() {
        return draft7;
    }

    Schema root() {
        return at("", root, "");
    }

    Schema get(int literal) {
        return schemas.get(literal / 2);
    }

    /** The schema at a pointer, checked to be a map or a boolean. */
    Schema at(String pointer, @Nullable Object value, String keyword) {
        Schema known = byPointer.get(pointer);
        if (known != null) {
            return known;
        }
        if (!(value instanceof Map<?, ?>) && !(value instanceof Boolean)) {
            throw new SchemaException(
                    SchemaException.Kind.INVALID, pointer, keyword, "expected a schema (an object or a boolean)");
        }
        Schema schema = new Schema(schemas.size(), pointer, value);
        schemas.add(schema);
        byPointer.put(pointer, schema);
        return schema;
    }

    static String child(String pointer, String token) {
        return pointer + "/" + token.replace("~", "~0").replace("/", "~1");
    }

    Schema resolve(Schema from, Object reference) {
        if (!(reference instanceof String text)) {
            throw from.invalid("$ref", "expected a string");
        }
        if (!text.isEmpty() && !text.startsWith("#")) {
            throw reference(from, "'" + text + "' points outside this document; copy the schema under $defs");
        }
        String fragment = decode(from, text.isEmpty() ? "" : text.substring(1));
        if (!fragment.isEmpty() && !fragment.startsWith("/")) {
            return anchored(from, fragment);
        }
        Object value = root;
        String pointer = "";
        if (!fragment.isEmpty()) {
            for (String escaped : fragment.substring(1).split("/", -1)) {
                String token = escaped.replace("~1", "/").replace("~0", "~");
                if (value instanceof Map<?, ?> map && map.containsKey(token)) {
                    value = map.get(token);
                } else if (value instanceof List<?> list
                        && token.matches("[0-9]{1,9}")
                        && Integer.parseInt(token) < list.size()) {
                    value = list.get(Integer.parseInt(token));
                } else {
                    throw reference(from, "'" + text + "' leads nowhere: there is no '" + token + "' in it");
                }
                pointer = child(pointer, token);
            }
        }
        return at(pointer, value, "$ref");
    }

    private record Place(String pointer, Object value) {}

    /** The schema that calls itself so, by {@code $anchor} or, in draft 7, by {@code $id}. */
    private Schema anchored(Schema from, String name) {
        List<Place> found = new ArrayList<>();
        ArrayDeque<Place> work = new ArrayDeque<>();
        if (root != null) {
            work.add(new Place("", root));
        }
        while (!work.isEmpty()) {
            Place place = work.poll();
            if (place.value() instanceof Map<?, ?> map) {
                Object own = draft7 ? map.get("$id") : map.get("$anchor");
                if ((draft7 ? "#" + name : name).equals(own)) {
                    found.add(place);
                }
                map.forEach((key, value) -> {
                    if (value != null && !DATA.contains(String.valueOf(key))) {
                        work.add(new Place(child(place.pointer(), String.valueOf(key)), value));
                    }
                });
            } else if (place.value() instanceof List<?> list) {
                int index = 0;
                for (Object value : list) {
                    String pointer = child(place.pointer(), String.valueOf(index++));
                    if (value != null) {
                        work.add(new Place(pointer, value));
                    }
                }
            }
        }
        if (found.size() != 1) {
            throw reference(from, "'#" + name + "' is the name of " + found.size() + " schemas, expected one");
        }
        return at(found.getFirst().pointer(), found.getFirst().value(), "$ref");
    }

    private static String decode(Schema from, String fragment) {
        if (fragment.indexOf('%') < 0) {
            return fragment;
        }
        try {
            return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw reference(from, "'" + fragment + "' has a malformed percent escape");
        }
    }

    private static SchemaException reference(Schema from, String message) {
        return new SchemaException(SchemaException.Kind.REFERENCE, from.pointer(), "$ref", message);
    }
}
