package io.github.llamacpp4j.server;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Pieces of JSON schemas as OpenAPI 3.1 has them. */
final class Schemas {

    private Schemas() {}

    static ObjectNode type(String type) {
        return Json.object().put("type", type);
    }

    static ObjectNode choice(List<String> choices) {
        ObjectNode schema = type("string");
        ArrayNode values = schema.putArray("enum");
        choices.forEach(values::add);
        return schema;
    }

    static ObjectNode array(ObjectNode items, int fewest, int most) {
        ObjectNode schema = type("array").put("minItems", fewest).put("maxItems", most);
        schema.set("items", items);
        return schema;
    }

    static ObjectNode anyOf(ObjectNode... schemas) {
        ObjectNode schema = Json.object();
        ArrayNode options = schema.putArray("anyOf");
        for (ObjectNode option : schemas) {
            options.add(option);
        }
        return schema;
    }

    static ObjectNode reference(String component) {
        return Json.object().put("$ref", "#/components/schemas/" + component);
    }

    /** An object with these members, others allowed. */
    static ObjectNode object(Member... members) {
        ObjectNode schema = type("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.object().arrayNode();
        for (Member member : members) {
            properties.set(member.name(), member.schema());
            if (member.required()) {
                required.add(member.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    static Member member(String name, ObjectNode schema) {
        return new Member(name, schema, true);
    }

    static Member optional(String name, ObjectNode schema) {
        return new Member(name, schema, false);
    }

    /** A schema that also allows {@code null}. */
    static ObjectNode nullable(ObjectNode schema) {
        return anyOf(schema, type("null"));
    }

    /**
     * A member of an object.
     *
     * @param name its name
     * @param schema its schema
     * @param required whether it is always there
     */
    record Member(String name, ObjectNode schema, boolean required) {}
}
