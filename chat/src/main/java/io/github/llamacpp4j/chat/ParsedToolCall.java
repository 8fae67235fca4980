package io.github.llamacpp4j.chat;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tool call read out of a model's answer. Immutable and safe for use by several threads.
 *
 * @param id the id that the model gave the call; empty where its syntax has none
 * @param name the tool's name, always one of the offered tools
 * @param argumentsText the arguments as JSON text; of an incomplete call the part that arrived, never completed
 * @param complete whether the whole call arrived; then {@code argumentsText} is a JSON object
 */
public record ParsedToolCall(String id, String name, String argumentsText, boolean complete) {
    public ParsedToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(argumentsText, "argumentsText");
    }

    /**
     * The arguments as a tree.
     *
     * @throws IllegalStateException if the call is not complete
     */
    public Map<String, @Nullable Object> arguments() {
        if (!complete) {
            throw new IllegalStateException("the call of " + name + " is incomplete: only "
                    + JsonTrees.quoteShort(argumentsText) + " of its arguments arrived");
        }
        return JsonTrees.readObject(argumentsText);
    }

    /**
     * The call as part of an assistant message.
     *
     * @throws IllegalStateException if the call is not complete
     */
    public ToolCall toToolCall() {
        return new ToolCall(id, name, arguments());
    }
}
