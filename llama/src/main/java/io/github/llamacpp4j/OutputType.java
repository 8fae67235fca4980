package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

/**
 * A Java type as the form of an answer: its JSON Schema constrains what the model writes, and Jackson turns it into a value.
 *
 * <p>Records, enums, sealed interfaces (told apart by a member {@code type} with the simple name of the record, unless Jackson's
 * {@code @JsonTypeInfo} says otherwise), lists, sets, arrays, maps, {@code Optional}s, {@code java.time}, {@code UUID},
 * {@code URI}, numbers, strings and booleans can be used, nested and generic. Members are required unless they are
 * {@code Optional} or marked {@code @Nullable}. Jackson's annotations name and describe members
 * ({@code @JsonProperty}, {@code @JsonPropertyDescription}), those of Jakarta Validation limit their values. A named module
 * must open the package of its types to {@code tools.jackson.databind} and
 * {@code com.github.victools.jsonschema.generator}.
 *
 * <p>Immutable and thread-safe. Making one takes milliseconds, so keep it.
 *
 * @param <T> the type
 */
public final class OutputType<T> {

    private static final String INSTRUCTION = "Answer with JSON that satisfies this JSON Schema:\n";

    private final JavaType type;
    private final JsonNode schema;
    private final OutputConstraint constraint;
    private final boolean schemaInPrompt;

    private OutputType(JavaType type, JsonNode schema, boolean schemaInPrompt) {
        this.type = type;
        this.schema = schema;
        constraint = OutputConstraint.jsonSchema(schema);
        this.schemaInPrompt = schemaInPrompt;
    }

    private static <T> OutputType<T> ofType(Type type) {
        OutputType<T> made = new OutputType<>(JavaJson.mapper().constructType(type), JavaSchemas.of(type), false);
        try {
            made.constraint.grammar(TokenVocabulary.empty());
        } catch (SchemaException e) {
            throw new IllegalArgumentException(
                    "expected a type whose values can be written as JSON, found " + type.getTypeName() + ": "
                            + e.getMessage(),
                    e);
        }
        return made;
    }

    /**
     * A class, for example a record.
     *
     * @throws IllegalArgumentException if something in it cannot be read from JSON, or its limits cannot be enforced
     */
    public static <T> OutputType<T> of(Class<T> type) {
        return ofType(requireNonNull(type, "type"));
    }

    /**
     * A type with parameters: {@code OutputType.of(new TypeReference<List<Person>>() {})}.
     *
     * @throws IllegalArgumentException if something in it cannot be read from JSON, or its limits cannot be enforced
     */
    public static <T> OutputType<T> of(TypeReference<T> type) {
        return ofType(type.getType());
    }

    /** The same type, with its schema shown to the model in the system message. By default the model is not told. */
    public OutputType<T> withSchemaInPrompt() {
        return new OutputType<>(type, schema, true);
    }

    /** The JSON Schema. The caller must not change it. */
    public JsonNode schema() {
        return schema;
    }

    /** The schema as a constraint. */
    public OutputConstraint constraint() {
        return constraint;
    }

    /**
     * Reads a value.
     *
     * @param json the text of an answer that is whole
     * @throws TypedOutputException if the text is no such value
     */
    @SuppressWarnings("TypeParameterUnusedInFormals") // the type was checked when this object was made
    public T decode(String json) {
        T value;
        try {
            value = JavaJson.mapper().readValue(json, type);
        } catch (JacksonException | NumberFormatException e) {
            throw new TypedOutputException(
                    TypedOutputException.Kind.UNREADABLE,
                    json,
                    "expected " + type.toCanonical() + ", found JSON that Jackson cannot turn into it: "
                            + e.getMessage(),
                    e);
        }
        if (value == null) {
            throw new TypedOutputException(
                    TypedOutputException.Kind.UNREADABLE,
                    json,
                    "expected " + type.toCanonical() + ", found null",
                    null);
        }
        return value;
    }

    /**
     * Reads the value of a reply.
     *
     * @throws TypedOutputException if the answer was cut off, called tools instead, or is no such value
     */
    public T decode(ChatReply reply) {
        if (!reply.toolCalls().isEmpty()) {
            throw new TypedOutputException(
                    TypedOutputException.Kind.TOOL_CALLS,
                    reply.text(),
                    "expected " + type.toCanonical() + ", found calls of tools; use runTools to have them made",
                    null);
        }
        return switch (reply.finishReason()) {
            case END_OF_GENERATION, CONSTRAINT_COMPLETE, STOP_TOKEN, STOP_TEXT -> decode(reply.text());
            case MAX_TOKENS, CONTEXT_FULL, CANCELLED, DEADLINE, ABANDONED ->
                throw new TypedOutputException(
                        TypedOutputException.Kind.TRUNCATED,
                        reply.text(),
                        "the answer ended before the value was whole: " + reply.finishReason()
                                + " after " + reply.usage().generatedTokens()
                                + " tokens; allow more tokens, or bound the lengths of strings and lists by annotations",
                        null);
        };
    }

    /** The conversation, with the schema in its system message if it is to be shown. */
    List<ChatMessage> shown(List<? extends ChatMessage> messages) {
        if (!schemaInPrompt) {
            return List.copyOf(messages);
        }
        String instruction = INSTRUCTION + JsonTrees.write(schema);
        List<ChatMessage> shown = new ArrayList<>(messages);
        if (!shown.isEmpty() && shown.getFirst() instanceof ChatMessage.SystemMessage system) {
            shown.set(0, ChatMessage.system(system.text() + "\n\n" + instruction));
        } else {
            shown.addFirst(ChatMessage.system(instruction));
        }
        return shown;
    }

    ChatOptions constrained(ChatOptions options) {
        return options.toBuilder().constraint(constraint).build();
    }

    /** The type and its schema. */
    @Override
    public String toString() {
        return type.toCanonical() + ": " + JsonTrees.write(schema);
    }
}
