package io.github.llamacpp4j.chat;

import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds of JSON value a schema allows, as far as its outer shape tells. Syntaxes without quotes need it: {@code 12}
 * is text where the schema says string.
 */
record ArgumentTypes(boolean allowsString, boolean allowsOther, Set<Kind> others) {
    enum Kind {
        NUMBER,
        BOOLEAN,
        NULL,
        OBJECT,
        ARRAY
    }

    private static final int MAX_DEPTH = 16;
    static final ArgumentTypes ANY = new ArgumentTypes(true, true, EnumSet.allOf(Kind.class));
    static final ArgumentTypes STRING = new ArgumentTypes(true, false, EnumSet.noneOf(Kind.class));
    static final ArgumentTypes NO_STRING = new ArgumentTypes(false, true, EnumSet.allOf(Kind.class));

    static ArgumentTypes of(ArgumentSchema schema) {
        Collector collector = new Collector(schema);
        collector.visit(schema.schema(), 0);
        if (collector.any || (!collector.string && collector.kinds.isEmpty())) {
            return ANY;
        }
        return new ArgumentTypes(collector.string, !collector.kinds.isEmpty(), collector.kinds);
    }

    boolean onlyString() {
        return allowsString && !allowsOther;
    }

    boolean allows(Kind kind) {
        return others.contains(kind);
    }

    /** Whether the kind of value that this JSON text is, is allowed. */
    boolean allowsJson(String json) {
        return switch (json.charAt(0)) {
            case '"' -> allowsString;
            case '{' -> allows(Kind.OBJECT);
            case '[' -> allows(Kind.ARRAY);
            case 't', 'f' -> allows(Kind.BOOLEAN);
            case 'n' -> allows(Kind.NULL);
            default -> allows(Kind.NUMBER);
        };
    }

    private static @Nullable Kind kindOf(@Nullable Object value) {
        return switch (value) {
            case null -> Kind.NULL;
            case Number number -> Kind.NUMBER;
            case Boolean flag -> Kind.BOOLEAN;
            case Map<?, ?> map -> Kind.OBJECT;
            case List<?> list -> Kind.ARRAY;
            default -> null;
        };
    }

    private static final class Collector {
        private final ArgumentSchema owner;
        private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        private final Set<Map<?, ?>> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        private boolean string;
        private boolean any;

        Collector(ArgumentSchema owner) {
            this.owner = owner;
        }

        void visit(@Nullable Object schema, int depth) {
            if (depth > MAX_DEPTH || !(schema instanceof Map<?, ?> map) || map.isEmpty()) {
                any = true;
                return;
            }
            if (!visited.add(map)) {
                return;
            }
            if (map.get("$ref") instanceof String reference) {
                visit(owner.resolve(reference), depth + 1);
            } else if (map.get("type") instanceof String type) {
                type(type);
            } else if (map.get("type") instanceof List<?> types) {
                types.forEach(type -> type(String.valueOf(type)));
            } else if (map.containsKey("const")) {
                value(map.get("const"));
            } else if (map.get("enum") instanceof List<?> values) {
                values.forEach(this::value);
            } else if (map.get("anyOf") instanceof List<?> choices) {
                choices.forEach(choice -> visit(choice, depth + 1));
            } else if (map.get("oneOf") instanceof List<?> choices) {
                choices.forEach(choice -> visit(choice, depth + 1));
            } else if (map.get("allOf") instanceof List<?> parts && !parts.isEmpty()) {
                visit(parts.getFirst(), depth + 1);
            } else {
                any = true;
            }
        }

        private void type(String type) {
            switch (type) {
                case "string" -> string = true;
                case "integer", "number" -> kinds.add(Kind.NUMBER);
                case "boolean" -> kinds.add(Kind.BOOLEAN);
                case "null" -> kinds.add(Kind.NULL);
                case "object" -> kinds.add(Kind.OBJECT);
                case "array" -> kinds.add(Kind.ARRAY);
                default -> any = true;
            }
        }

        private void value(@Nullable Object value) {
            Kind kind = kindOf(value);
            if (kind == null) {
                string = true;
            } else {
                kinds.add(kind);
            }
        }
    }
}
