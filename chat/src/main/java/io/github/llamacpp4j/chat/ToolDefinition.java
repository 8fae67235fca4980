package io.github.llamacpp4j.chat;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A tool that the model may call. Immutable and safe for use by several threads.
 *
 * @param name 1 to 256 characters without control characters
 * @param description what the tool does, for the model to read; may be empty
 * @param parameters the JSON Schema of the arguments as a tree of {@code Map}, {@code List}, {@code String},
 *     {@code Number}, {@code Boolean} and null; empty for a tool without arguments
 */
@JsonSerialize(using = JacksonBinding.Writer.class)
@JsonDeserialize(using = JacksonBinding.ToolReader.class)
public record ToolDefinition(String name, String description, Map<String, @Nullable Object> parameters) {
    private static final int MAX_NAME_LENGTH = 256;

    public ToolDefinition(String name, String description, Map<String, @Nullable Object> parameters) {
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a tool name has 1 to " + MAX_NAME_LENGTH
                    + " characters without control characters, found " + JsonTrees.quoteShort(name));
        }
        this.name = name;
        this.description = Objects.requireNonNull(description, "description");
        this.parameters = JsonTrees.copyOf(parameters);
    }
}
