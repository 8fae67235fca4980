package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.SchemaOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments that a tool's schema allows, as a JSON object. */
final class ArgumentGrammar {
    private ArgumentGrammar() {}

    static Grammar of(ToolDefinition tool) {
        return Grammar.ofSchema(schema(tool.parameters()), SchemaOptions.defaults())
                .grammar();
    }

    /** A schema that says nothing about members allows none; one that says nothing of a type means an object. */
    private static Map<String, @Nullable Object> schema(Map<String, @Nullable Object> parameters) {
        Map<String, @Nullable Object> schema = new LinkedHashMap<>(parameters);
        schema.putIfAbsent("type", "object");
        if (parameters.isEmpty()) {
            schema.put("properties", Map.of());
        }
        return schema;
    }
}
