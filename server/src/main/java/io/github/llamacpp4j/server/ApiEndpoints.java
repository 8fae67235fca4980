package io.github.llamacpp4j.server;

import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** The routes of the OpenAI API that take a JSON body by POST. */
final class ApiEndpoints {

    private ApiEndpoints() {}

    /** Path to what makes the endpoint once the model is there. */
    static Map<String, Function<ServedModel, Endpoint>> routes() {
        return Map.of("/v1/chat/completions", writer(ChatEndpoint::new));
    }

    /** An endpoint for models that write; others refuse. */
    private static Function<ServedModel, Endpoint> writer(Function<ServedModel, Endpoint> endpoint) {
        return model -> model.generates() ? endpoint.apply(model) : exchange -> model.requireGeneration();
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
