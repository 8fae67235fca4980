package io.github.llamacpp4j;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON text, Jackson's nodes, and the plain trees that the grammar and chat modules read. */
final class JsonTrees {

    private static final int MOST_DEPTH = 1_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MOST_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonTrees() {}

    /**
     * Reads any JSON value.
     *
     * @throws JacksonException if it is none, or a number's exponent is beyond what Java can hold
     */
    static JsonNode read(String json) throws JacksonException {
        try {
            return MAPPER.readTree(json);
        } catch (NumberFormatException e) {
            throw new StreamReadException(null, String.valueOf(e.getMessage()), e);
        }
    }

    static String write(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    static JsonNode node(Map<String, ?> tree) {
        return MAPPER.valueToTree(tree);
    }

    /** Maps in the order of the text, lists, strings, numbers (integers as Long or BigInteger), booleans and null. */
    static @Nullable Object tree(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> object(node);
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(tree(element)));
                yield list;
            }
            case STRING -> node.asString();
            case NUMBER -> number(node);
            case BOOLEAN -> node.booleanValue();
            default -> null;
        };
    }

    static Map<String, @Nullable Object> object(JsonNode node) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        node.forEachEntry((name, member) -> map.put(name, tree(member)));
        return map;
    }

    private static Number number(JsonNode node) {
        Number number = node.numberValue();
        return switch (number) {
            case Integer whole -> whole.longValue();
            case Float fraction -> BigDecimal.valueOf(fraction);
            case BigDecimal decimal -> decimal.scale() == 0 ? decimal.unscaledValue() : decimal;
            default -> number;
        };
    }
}
