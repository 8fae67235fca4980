package io.github.llamacpp4j.server;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ObjDoubleConsumer;
import java.util.function.ObjLongConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One member that the body of a request may have: how it is read, what becomes of it, its schema. The reader, the OpenAPI
 * description and the documentation all come from here. Immutable.
 *
 * @param <B> what holds the body once it is read
 */
final class Field<B> {

    /** What becomes of a member. */
    enum Support {
        /** It has the meaning that OpenAI documents. */
        HONOURED,
        /** It is a local extension. */
        EXTENSION,
        /** It is checked and has no effect here. */
        NO_EFFECT,
        /** It is refused unless it asks for what is done anyway. */
        REFUSED
    }

    private final String name;
    private final Support support;
    private final boolean required;
    private final ObjectNode schema;
    private final String note;
    private final BiConsumer<Value, B> reader;

    private Field(
            String name,
            Support support,
            boolean required,
            ObjectNode schema,
            String note,
            BiConsumer<Value, B> reader) {
        this.name = name;
        this.support = support;
        this.required = required;
        this.schema = schema;
        this.note = note;
        this.reader = reader;
    }

    static <B> Field<B> number(String name, double lowest, double highest, String note, ObjDoubleConsumer<B> set) {
        ObjectNode schema = Schemas.type("number").put("minimum", lowest).put("maximum", highest);
        return of(name, schema, note, (value, body) -> set.accept(body, value.number(lowest, highest)));
    }

    static <B> Field<B> integer(String name, long lowest, long highest, String note, ObjLongConsumer<B> set) {
        ObjectNode schema = Schemas.type("integer").put("minimum", lowest).put("maximum", highest);
        return of(name, schema, note, (value, body) -> set.accept(body, value.integer(lowest, highest)));
    }

    static <B> Field<B> flag(String name, String note, BiConsumer<B, Boolean> set) {
        return of(name, Schemas.type("boolean"), note, (value, body) -> set.accept(body, value.flag()));
    }

    static <B> Field<B> text(String name, int maxCharacters, String note, BiConsumer<B, String> set) {
        return of(
                name,
                Schemas.type("string").put("maxLength", maxCharacters),
                note,
                (value, body) -> set.accept(body, value.text(maxCharacters)));
    }

    static <B> Field<B> choice(String name, List<String> choices, String note, BiConsumer<B, String> set) {
        ObjectNode schema = Schemas.choice(choices);
        return of(name, schema, note, (value, body) -> {
            String text = value.text();
            if (!choices.contains(text)) {
                throw value.expected("one of " + String.join(", ", choices));
            }
            set.accept(body, text);
        });
    }

    /** A member of any other shape. */
    static <B> Field<B> of(String name, ObjectNode schema, String note, BiConsumer<Value, B> reader) {
        return new Field<>(name, Support.HONOURED, false, schema, note, reader);
    }

    /** A member that is refused, unless it has one of the values that ask for nothing. */
    static <B> Field<B> refused(String name, String reason, Object... harmless) {
        List<Object> accepted = Arrays.asList(harmless);
        ObjectNode schema = Json.object();
        ArrayNode values = schema.putArray("enum");
        accepted.forEach(values::addPOJO);
        values.addNull();
        return new Field<>(name, Support.REFUSED, false, schema, reason, (value, body) -> {
            if (!accepted.contains(value.tree())) {
                throw unsupported(
                        value.path(),
                        reason + (accepted.isEmpty() ? "; leave it out" : "; leave it out or send " + listed(values)));
            }
        });
    }

    /** A refusal of a member that has no meaning here. */
    static ApiException unsupported(String path, String reason) {
        return new ApiException(
                400,
                "invalid_request_error",
                "unsupported_parameter",
                path,
                "'" + path + "' is not supported: " + reason);
    }

    private static String listed(ArrayNode values) {
        StringBuilder text = new StringBuilder();
        for (JsonNode value : values) {
            if (!value.isNull()) {
                text.append(text.isEmpty() ? "" : " or ").append(value);
            }
        }
        return text.toString();
    }

    Field<B> extension() {
        return new Field<>(name, Support.EXTENSION, required, schema, note, reader);
    }

    Field<B> withoutEffect() {
        return new Field<>(name, Support.NO_EFFECT, required, schema, note, reader);
    }

    Field<B> required() {
        return new Field<>(name, support, true, schema, note, reader);
    }

    String name() {
        return name;
    }

    Support support() {
        return support;
    }

    boolean isRequired() {
        return required;
    }

    /** The JSON schema of the member's value. */
    ObjectNode schema() {
        return schema.deepCopy();
    }

    /** What it does, or why it is refused, in Markdown. */
    String note() {
        return note;
    }

    /** Reads a value, unless it is {@code null}, into {@code body}. */
    void read(Value value, B body) {
        if (!value.isNull()) {
            reader.accept(value, body);
        }
    }
}
