package io.github.llamacpp4j.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls whose names and values are found again in what is written for them. */
final class ProbeCalls {
    static final String NAME = CallPattern.NAME;
    static final String OTHER_NAME = "qlorf_other";
    static final String KEY = "qlorf_key";
    static final String NEXT = "qlorf_next";
    static final String VALUE = "Qlorfvalue";
    static final String NEXT_VALUE = "Qlorfanother";
    static final String NUMBER_KEY = "qlorf_number";
    static final String NUMBER_NEXT = "qlorf_nummer";
    static final long NUMBER = 731_337;
    static final long NEXT_NUMBER = 741_337;

    static final List<ToolDefinition> TOOLS = List.of(tool(NAME), tool(OTHER_NAME));

    static final ToolCall ONE = call(NAME, Map.of(KEY, VALUE));
    static final ToolCall OTHER = call(OTHER_NAME, Map.of(KEY, VALUE));
    static final ToolCall NONE = call(NAME, Map.of());
    static final ToolCall TWO = call(NAME, ordered(KEY, VALUE, NEXT, NEXT_VALUE));
    static final ToolCall TURNED = call(NAME, ordered(NEXT, NEXT_VALUE, KEY, VALUE));
    static final ToolCall NUMBERS = call(NAME, ordered(NUMBER_KEY, NUMBER, NUMBER_NEXT, NEXT_NUMBER));
    static final ToolCall WORDS = call(NAME, ordered("qlorf_flag", true, "qlorf_list", List.of("a", true)));

    private ProbeCalls() {}

    private static ToolCall call(String name, Map<String, @Nullable Object> arguments) {
        return new ToolCall(CallPattern.ID, name, arguments);
    }

    private static Map<String, @Nullable Object> ordered(String key, Object value, String next, Object nextValue) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put(key, value);
        map.put(next, nextValue);
        return map;
    }

    private static ToolDefinition tool(String name) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put(KEY, property("string"));
        properties.put(NEXT, property("string"));
        properties.put(NUMBER_KEY, property("integer"));
        properties.put(NUMBER_NEXT, property("integer"));
        properties.put("qlorf_flag", property("boolean"));
        properties.put(
                "qlorf_list", Map.of("type", "array", "items", Map.of("type", "string"), "description", "Qlorf list."));
        return new ToolDefinition(
                name, "Qlorf tool.", Map.of("type", "object", "properties", properties, "required", List.of()));
    }

    private static Map<String, Object> property(String type) {
        return Map.of("type", type, "description", "Qlorf key.");
    }
}
