package io.github.llamacpp4j.server;

import io.github.llamacpp4j.server.Route.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The server's OpenAPI description, made from the routes themselves. */
final class OpenApi {

    private static final Map<Integer, String> ERRORS = Map.ofEntries(
            Map.entry(400, "The request is wrong in itself, or the model cannot serve it; the message says why."),
            Map.entry(401, "The API key is missing or unknown."),
            Map.entry(403, "A web page from this origin may not use the server."),
            Map.entry(404, "There is no such route or model."),
            Map.entry(405, "The route has another method."),
            Map.entry(413, "The body is too large."),
            Map.entry(414, "The address is too long."),
            Map.entry(415, "The body is of another type than JSON."),
            Map.entry(429, "Too many requests wait; try again after the time in Retry-After."),
            Map.entry(431, "The headers are too large."),
            Map.entry(500, "Something went wrong in the server."),
            Map.entry(503, "The model is being loaded, or the server is shutting down."),
            Map.entry(504, "The request took longer than the server allows."));

    private static final List<Integer> ALWAYS = List.of(400, 403, 404, 405, 414, 431, 500, 503);
    private static final List<Integer> WITH_KEY = List.of(401);
    private static final List<Integer> WITH_BODY = List.of(413, 415, 429, 504);

    private OpenApi() {}

    /** Which statuses a route may answer with besides 200. */
    static List<Integer> errorStatuses(Route route) {
        List<Integer> statuses = new ArrayList<>(ALWAYS);
        if (route.access() != Access.OPEN) {
            statuses.addAll(WITH_KEY);
        }
        if (route.access() == Access.WORK) {
            statuses.addAll(WITH_BODY);
        }
        statuses.sort(null);
        return statuses;
    }

    /**
     * The description.
     *
     * @param routes pattern to route
     * @param schemas the schemas that those of the routes refer to, by name
     * @param keyRequired whether requests must show a key
     */
    static ObjectNode document(Map<String, Route> routes, Map<String, ObjectNode> schemas, boolean keyRequired) {
        ObjectNode document = Json.object().put("openapi", "3.1.0");
        ObjectNode info = document.putObject("info");
        info.put("title", "llamacpp4j").put("version", "1");
        info.putObject("license").put("name", "Apache-2.0").put("identifier", "Apache-2.0");
        document.putArray("servers").addObject().put("url", "/");
        ObjectNode paths = document.putObject("paths");
        routes.forEach((pattern, route) -> describe(paths.putObject(pattern), pattern, route, keyRequired));
        ObjectNode components = document.putObject("components");
        ObjectNode named = components.putObject("schemas");
        named.set("Error", errorSchema());
        schemas.forEach(named::set);
        ObjectNode responses = components.putObject("responses");
        ERRORS.keySet().stream()
                .sorted()
                .forEach(status -> content(
                                responses
                                        .putObject("Error" + status)
                                        .put("description", String.valueOf(ERRORS.get(status))),
                                Operation.JSON)
                        .set("schema", Json.object().put("$ref", "#/components/schemas/Error")));
        components
                .putObject("securitySchemes")
                .putObject("key")
                .put("type", "http")
                .put("scheme", "bearer");
        return document;
    }

    private static void describe(ObjectNode path, String pattern, Route route, boolean keyRequired) {
        Operation operation = route.operation();
        ObjectNode node = path.putObject(route.method().toLowerCase(Locale.ROOT));
        node.put("operationId", operationId(route.method(), pattern)).put("summary", operation.summary());
        int variable = pattern.indexOf('{');
        if (variable >= 0) {
            node.putArray("parameters")
                    .addObject()
                    .put("name", pattern.substring(variable + 1, pattern.length() - 1))
                    .put("in", "path")
                    .put("required", true)
                    .putObject("schema")
                    .put("type", "string");
        }
        ArrayNode security = node.putArray("security");
        if (keyRequired && route.access() != Access.OPEN) {
            security.addObject().putArray("key");
        }
        operation
                .request()
                .ifPresent(schema -> content(node.putObject("requestBody").put("required", true), Operation.JSON)
                        .set("schema", schema));
        ObjectNode responses = node.putObject("responses");
        ObjectNode ok = responses.putObject("200").put("description", "The answer.");
        ObjectNode content = ok.putObject("content");
        ObjectNode reply = content.putObject(operation.replyType());
        operation
                .reply()
                .ifPresentOrElse(
                        schema -> reply.set("schema", schema),
                        () -> reply.putObject("schema").put("type", "string"));
        operation
                .events()
                .ifPresent(schema -> content.putObject("text/event-stream")
                        .put("x-event-data", "Each data line holds one value of the schema; the last one is [DONE].")
                        .set("x-event-schema", schema)
                        .set("schema", Json.object()));
        for (int status : errorStatuses(route)) {
            responses.putObject(String.valueOf(status)).put("$ref", "#/components/responses/Error" + status);
        }
    }

    private static String operationId(String method, String pattern) {
        return method.toLowerCase(Locale.ROOT) + pattern.replaceAll("[^A-Za-z0-9]+", "_");
    }

    private static ObjectNode content(ObjectNode parent, String type) {
        return parent.putObject("content").putObject(type);
    }

    private static ObjectNode errorSchema() {
        ObjectNode schema = Json.object().put("type", "object");
        schema.putArray("required").add("error");
        ObjectNode error = schema.putObject("properties").putObject("error").put("type", "object");
        error.putArray("required").add("message").add("type").add("param").add("code");
        ObjectNode properties = error.putObject("properties");
        properties.putObject("message").put("type", "string");
        properties.putObject("type").put("type", "string");
        for (String optional : List.of("param", "code")) {
            properties.putObject(optional).putArray("type").add("string").add("null");
        }
        return schema;
    }
}
