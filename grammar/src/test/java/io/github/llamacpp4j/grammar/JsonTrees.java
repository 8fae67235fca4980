package io.github.llamacpp4j.grammar;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the plain trees that the grammar module takes. */
final class JsonTrees {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    private JsonTrees() {}

    static @Nullable Object of(JsonNode node) {
        return parse(node.toString());
    }

    static @Nullable Object parse(String json) {
        return MAPPER.readValue(json, Object.class);
    }
}
