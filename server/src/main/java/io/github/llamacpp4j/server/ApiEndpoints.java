package io.github.llamacpp4j.server;

import java.util.Map;
import java.util.function.Function;

/** The routes of the OpenAI API that take a JSON body by POST. */
final class ApiEndpoints {

    private ApiEndpoints() {}

    /** Path to what makes the endpoint once the model is there. */
    static Map<String, Function<ServedModel, Endpoint>> routes() {
        return Map.of("/v1/chat/completions", model -> exchange -> {
            model.requireGeneration();
            throw new ApiException(501, "server_error", "not_implemented", null, "not yet");
        });
    }
}
