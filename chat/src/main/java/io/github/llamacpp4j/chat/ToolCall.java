package io.github.llamacpp4j.chat;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A call of a tool that the model asked for. Immutable and safe for use by several threads.
 *
 * @param id names the call so that its result can refer to it; empty where nobody named it
 * @param name the tool's name
 * @param arguments the arguments in the order in which they were written; values are {@code Map}, {@code List},
 *     {@code String}, {@code Number}, {@code Boolean} or null
 */
@JsonSerialize(using = JacksonBinding.Writer.class)
@JsonDeserialize(using = JacksonBinding.ToolCallReader.class)
public record ToolCall(String id, String name, Map<String, @Nullable Object> arguments) {
    public ToolCall(String id, String name, Map<String, @Nullable Object> arguments) {
        this.id = Objects.requireNonNull(id, "id");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a tool call needs the name of a tool, found an empty one");
        }
        this.name = name;
        this.arguments = JsonTrees.copyOf(arguments);
    }

    /** The arguments as JSON text. */
    public String argumentsText() {
        return JsonTrees.write(arguments);
    }
}
