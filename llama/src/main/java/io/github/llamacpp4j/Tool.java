package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.github.llamacpp4j.chat.ParsedToolCall;
import io.github.llamacpp4j.chat.ToolDefinition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that a model can have done: a definition that the model sees, and the Java code behind it. Given to
 * {@link Llama#runTools}.
 *
 * <p>Immutable; thread-safe if its code is.
 */
public final class Tool {

    private final ToolDefinition definition;
    private final ToolFunction<String> function;

    private Tool(ToolDefinition definition, ToolFunction<String> function) {
        this.definition = definition;
        this.function = function;
    }

    /**
     * A tool whose arguments are a record, or anything else that {@link OutputType} turns into a JSON object.
     *
     * @param name 1 to 256 characters without control characters; models are used to letters, digits and underscores
     * @param description what it does and when to use it, for the model to read
     * @param arguments the type of the arguments
     * @param function what it does
     */
    public static <A> Tool of(String name, String description, Class<A> arguments, ToolFunction<A> function) {
        requireNonNull(function, "function");
        OutputType<A> type = OutputType.of(arguments);
        ToolDefinition definition = new ToolDefinition(name, description, JsonTrees.object(type.schema()));
        return new Tool(definition, text -> function.call(type.decode(text)));
    }

    /** A tool whose arguments are described by a JSON Schema and given as a tree. */
    public static Tool of(ToolDefinition definition, ToolFunction<Map<String, @Nullable Object>> function) {
        requireNonNull(function, "function");
        return new Tool(
                requireNonNull(definition, "definition"),
                text -> function.call(JsonTrees.object(JsonTrees.read(text))));
    }

    /**
     * A tool for each method of an interface. Method and parameter names are those of the source, unless {@code @JsonProperty} gives
     * others; {@link JsonPropertyDescription} describes both. Parameter names need the compiler's option {@code -parameters}.
     *
     * @param type the interface
     * @param implementation does what its methods say
     * @throws IllegalArgumentException if the interface has no methods, overloads one, or a parameter has no name
     */
    public static <I> List<Tool> of(Class<I> type, I implementation) {
        return MethodTools.of(type, implementation);
    }

    static Tool of(String name, String description, ObjectNode schema, ToolFunction<String> function) {
        return new Tool(new ToolDefinition(name, description, JsonTrees.object(schema)), function);
    }

    /** What the model sees. */
    public ToolDefinition definition() {
        return definition;
    }

    /** The result as the text that the model sees. */
    String call(ParsedToolCall call) throws Exception {
        Object result = function.call(call.argumentsText());
        return result instanceof String text ? text : JavaJson.mapper().writeValueAsString(result);
    }
}
