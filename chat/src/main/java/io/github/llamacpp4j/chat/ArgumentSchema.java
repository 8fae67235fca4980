package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema of a value inside a call's arguments.
 *
 * @param schema the schema; null where nothing is known about the value
 * @param root the schema of all arguments, which references start from
 */
record ArgumentSchema(@Nullable Object schema, Map<String, @Nullable Object> root) {
    private static final int MAX_DEPTH = 16;

    /** Nothing is known. */
    static final ArgumentSchema UNKNOWN = new ArgumentSchema(null, Map.of());

    /** The schema of all arguments of a tool. */
    static ArgumentSchema of(Map<String, @Nullable Object> parameters) {
        return new ArgumentSchema(parameters, parameters);
    }

    ArgumentTypes types() {
        return ArgumentTypes.of(this);
    }

    /** The schema of an object's member. */
    ArgumentSchema member(String name) {
        for (Map<?, ?> each : alternatives()) {
            if (each.get("properties") instanceof Map<?, ?> properties && properties.containsKey(name)) {
                return new ArgumentSchema(properties.get(name), root);
            }
        }
        return first("additionalProperties");
    }

    /** The schema of an array's items. */
    ArgumentSchema items() {
        return first("items");
    }

    private ArgumentSchema first(String keyword) {
        return alternatives().stream()
                .map(each -> each.get(keyword))
                .filter(Map.class::isInstance)
                .findFirst()
                .map(found -> new ArgumentSchema(found, root))
                .orElse(new ArgumentSchema(null, root));
    }

    /** The schema and what it refers to or is put together from, each once. */
    private List<Map<?, ?>> alternatives() {
        Set<Map<?, ?>> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Map<?, ?>> found = new ArrayList<>();
        collect(schema, 0, visited, found);
        return found;
    }

    private void collect(@Nullable Object node, int depth, Set<Map<?, ?>> visited, List<Map<?, ?>> found) {
        if (depth > MAX_DEPTH || !(node instanceof Map<?, ?> map) || !visited.add(map)) {
            return;
        }
        if (map.get("$ref") instanceof String reference) {
            collect(resolve(reference), depth + 1, visited, found);
            return;
        }
        found.add(map);
        for (String keyword : List.of("anyOf", "oneOf", "allOf")) {
            if (map.get(keyword) instanceof List<?> parts) {
                parts.stream().filter(Objects::nonNull).forEach(part -> collect(part, depth + 1, visited, found));
            }
        }
    }

    /** What a reference within the same schema points to; null if nothing. */
    @Nullable
    Object resolve(String reference) {
        if (!reference.startsWith("#/")) {
            return null;
        }
        Object node = root;
        for (String step : reference.substring(2).split("/", MAX_DEPTH)) {
            node = node instanceof Map<?, ?> map
                    ? map.get(step.replace("~1", "/").replace("~0", "~"))
                    : null;
        }
        return node;
    }
}
