package io.github.llamacpp4j.chat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON values as trees of Map, List, String, Number, Boolean and null: immutable copies, reading and writing. */
final class JsonTrees {
    static final int MAX_DEPTH = 128;
    static final int MAX_TEXT_LENGTH = 64 << 20;
    private static final int QUOTE_LENGTH = 60;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_TEXT_LENGTH)
                            .maxDocumentLength(MAX_TEXT_LENGTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonTrees() {}

    /**
     * Reads any JSON value.
     *
     * @throws JacksonException if it is none, or a number's exponent is beyond what Java can hold
     */
    static @Nullable Object read(String json) throws JacksonException {
        try {
            return normalised(MAPPER.readValue(json, Object.class), 0);
        } catch (NumberFormatException e) {
            throw new StreamReadException(null, String.valueOf(e.getMessage()), e);
        }
    }

    /** Reads text that is known to be a JSON object. */
    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> readObject(String json) throws JacksonException {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(read(json));
    }

    static String write(@Nullable Object tree) {
        return MAPPER.writeValueAsString(tree);
    }

    /** An unmodifiable deep copy in the same order. */
    static Map<String, @Nullable Object> copyOf(Map<String, ? extends @Nullable Object> map) {
        return copyOf(map, 0);
    }

    private static Map<String, @Nullable Object> copyOf(Map<?, ?> map, int depth) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("a JSON object has string keys, found " + key);
            }
            copy.put(name, normalised(value, depth + 1));
        });
        return Collections.unmodifiableMap(copy);
    }

    private static @Nullable Object normalised(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("a JSON value nests at most " + MAX_DEPTH + " deep");
        }
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Boolean flag -> flag;
            case Integer number -> number.longValue();
            case BigDecimal number -> Double.isFinite(number.doubleValue()) ? (Object) number.doubleValue() : number;
            case Number number -> number;
            case Map<?, ?> map -> copyOf(map, depth);
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                for (Object element : list) {
                    copy.add(normalised(element, depth + 1));
                }
                yield Collections.unmodifiableList(copy);
            }
            default ->
                throw new IllegalArgumentException(
                        "a JSON value is a Map, List, String, Number, Boolean or null, found "
                                + value.getClass().getName());
        };
    }

    /** A short quotation of {@code text} for messages. */
    static String quoteShort(String text) {
        return '"' + (text.length() <= QUOTE_LENGTH ? text : text.substring(0, QUOTE_LENGTH) + "…") + '"';
    }

    /** What kind of JSON value this is, for messages. */
    static String kindOf(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> "the string " + quoteShort(text);
            case Boolean flag -> flag.toString();
            case Number number -> "the number " + quoteShort(number.toString()).replace("\"", "");
            case Map<?, ?> map -> "an object";
            case List<?> list -> "an array";
            default -> value.getClass().getName();
        };
    }
}
