package io.github.llamacpp4j.server;

import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** The routes of the OpenAI API that take a JSON body by POST. */
final class ApiEndpoints {

    private ApiEndpoints() {}

    /** Path to what makes the endpoint once the model is there. */
    static Map<String, Function<ServedModel, Endpoint>> routes() {
        return Map.of("/v1/chat/completions", model -> exchange -> {
            model.requireGeneration();
            throw ErrorTable.unavailable("not_implemented", "this route is being written");
        });
    }

    /** Path to how the route is described in the OpenAPI description; the same paths as in {@link #routes}. */
    static Map<String, Operation> operations() {
        return Map.of(
                "/v1/chat/completions",
                Operation.request(
                        "Answers a conversation.",
                        Json.object().put("type", "object"),
                        Json.object().put("type", "object")));
    }

    /** The schemas that those of {@link #operations} refer to as {@code #/components/schemas/NAME}. */
    static Map<String, ObjectNode> schemas() {
        return Map.of();
    }
}
