package io.github.llamacpp4j;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.TypeScope;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The names that the members of a map may have, where its keys are no strings. */
final class MapKeys {

    private static final Set<Class<?>> TEXTS = Set.of(String.class, Object.class, CharSequence.class);
    private static final Map<Class<?>, String> WHOLE = Map.of(
            Short.class, "^(?:0|-?[1-9][0-9]{0,3})$",
            Integer.class, "^(?:0|-?[1-9][0-9]{0,8})$",
            Long.class, "^(?:0|-?[1-9][0-9]{0,17})$");

    private MapKeys() {}

    /** Limits the names in the schema of a map. */
    static void limit(ObjectNode schema, TypeScope scope, SchemaGenerationContext context) {
        ResolvedType type = scope.getType();
        if (!Map.class.isAssignableFrom(type.getErasedType())) {
            return;
        }
        ResolvedType key = context.getTypeContext().getTypeParameterFor(type, Map.class, 0);
        if (key != null && !TEXTS.contains(key.getErasedType())) {
            schema.set("propertyNames", names(key.getErasedType()));
        }
    }

    private static ObjectNode names(Class<?> key) {
        String pattern = WHOLE.get(key);
        if (pattern != null) {
            return JsonNodeFactory.instance.objectNode().put("pattern", pattern);
        }
        Object[] constants = key.getEnumConstants();
        if (constants != null) {
            return constants(constants);
        }
        return ValueSchemas.ofString(key)
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected a map with strings, enums, whole numbers, dates or UUIDs as keys, found "
                                + key.getTypeName()));
    }

    private static ObjectNode constants(Object[] constants) {
        JsonMapper mapper = JavaJson.mapper();
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        ArrayNode names = schema.putArray("enum");
        for (Object constant : constants) {
            mapper.valueToTree(Map.of(constant, 0)).propertyNames().forEach(names::add);
        }
        return schema;
    }
}
