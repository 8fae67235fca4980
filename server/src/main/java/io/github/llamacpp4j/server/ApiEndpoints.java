package io.github.llamacpp4j.server;

import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** The routes of the OpenAI API that take a JSON body by POST. */
final class ApiEndpoints {

    static final String CHAT = "/v1/chat/completions";
    static final String COMPLETIONS = "/v1/completions";
    static final String EMBEDDINGS = "/v1/embeddings";
    static final String RERANK = "/v1/rerank";

    private ApiEndpoints() {}

    /** Path to what makes the endpoint once the model is there. */
    static Map<String, Function<ServedModel, Endpoint>> routes() {
        return Map.of(
                CHAT,
                writer(ChatEndpoint::new),
                COMPLETIONS,
                writer(CompletionEndpoint::new),
                EMBEDDINGS,
                EmbeddingEndpoint::new,
                RERANK,
                RerankEndpoint::new);
    }

    /** An endpoint for models that write; others refuse. */
    private static Function<ServedModel, Endpoint> writer(Function<ServedModel, Endpoint> endpoint) {
        return model -> model.generates() ? endpoint.apply(model) : exchange -> model.requireGeneration();
    }

    /** Path to how the route is described in the OpenAPI description; the same paths as in {@link #routes}. */
    static Map<String, Operation> operations() {
        return Map.of(
                CHAT,
                Operation.request("Answers a conversation.", reference("ChatRequest"), reference("ChatReply"))
                        .streaming(reference("ChatChunk")),
                COMPLETIONS,
                Operation.request("Continues a text.", reference("CompletionRequest"), reference("CompletionReply"))
                        .streaming(reference("CompletionReply")),
                EMBEDDINGS,
                Operation.request(
                        "Turns texts into vectors.", reference("EmbeddingRequest"), reference("EmbeddingReply")),
                RERANK,
                Operation.request(
                        "Orders documents by how well they answer a query.",
                        reference("RerankRequest"),
                        reference("RerankReply")));
    }

    private static ObjectNode reference(String component) {
        return Schemas.reference(component);
    }

    /** The schemas that those of {@link #operations} refer to as {@code #/components/schemas/NAME}. */
    static Map<String, ObjectNode> schemas(ServerOptions options) {
        return ApiSchemas.all(options);
    }
}
