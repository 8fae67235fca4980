package io.github.llamacpp4j.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All members that the body of one kind of request may have. Immutable.
 *
 * @param <B> what holds the body once it is read
 */
final class FieldTable<B> {

    private static final int MOST_WARNINGS = 8;

    private final Map<String, Field<? super B>> fields;

    private FieldTable(Map<String, Field<? super B>> fields) {
        this.fields = Collections.unmodifiableMap(fields);
    }

    @SafeVarargs
    static <B> FieldTable<B> of(List<? extends Field<? super B>>... groups) {
        Map<String, Field<? super B>> fields = new LinkedHashMap<>();
        for (List<? extends Field<? super B>> group : groups) {
            for (Field<? super B> field : group) {
                if (fields.put(field.name(), field) != null) {
                    throw new IllegalStateException(field.name() + " stands in the table twice");
                }
            }
        }
        return new FieldTable<>(fields);
    }

    Collection<Field<? super B>> fields() {
        return fields.values();
    }

    /**
     * Reads the body of a request into {@code body}. Unknown members are errors or warnings, as the exchange wants it.
     *
     * @throws ApiException if a member is missing, of the wrong type, out of range or not supported
     */
    void read(Exchange exchange, B body) {
        read(exchange.body(), "", exchange, body);
    }

    /** Reads an object inside a body into {@code body}, likewise. */
    void readMember(Value object, Exchange exchange, B body) {
        if (!object.node().isObject()) {
            throw object.expected("an object");
        }
        read(object.node(), object.path() + '.', exchange, body);
    }

    private void read(JsonNode json, String path, Exchange exchange, B body) {
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            Field<? super B> field = fields.get(member.getKey());
            if (field == null) {
                unknown.add(path + member.getKey());
            } else {
                field.read(new Value(member.getValue(), path + field.name()), body);
            }
        }
        for (Field<? super B> field : fields.values()) {
            if (field.isRequired() && !json.hasNonNull(field.name())) {
                throw new ApiException(
                        400,
                        "invalid_request_error",
                        "missing_required_parameter",
                        path + field.name(),
                        "'" + path + field.name() + "' is missing");
            }
        }
        report(unknown, exchange);
    }

    /** Warns of members that nobody reads, or refuses the request because of them, as the exchange wants it. */
    static void report(List<String> unknown, Exchange exchange) {
        if (exchange.strict() && !unknown.isEmpty()) {
            throw new ApiException(
                    400,
                    "invalid_request_error",
                    "unknown_parameter",
                    unknown.getFirst(),
                    "'" + unknown.getFirst() + "' is not a field of this request; leave it out");
        }
        unknown.stream().limit(MOST_WARNINGS).forEach(name -> exchange.warn("unknown field ignored: " + name));
        if (unknown.size() > MOST_WARNINGS) {
            exchange.warn(unknown.size() - MOST_WARNINGS + " more unknown fields ignored");
        }
    }

    /** The JSON schema of the body. */
    ObjectNode schema() {
        ObjectNode schema = Schemas.type("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.object().arrayNode();
        for (Field<? super B> field : fields.values()) {
            ObjectNode property = field.schema();
            if (field.isRequired()) {
                required.add(field.name());
            } else if (field.support() != Field.Support.REFUSED) {
                property = Schemas.nullable(property);
            }
            properties.set(field.name(), property.put("description", field.note()));
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }
}
