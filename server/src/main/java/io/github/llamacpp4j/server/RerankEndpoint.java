package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.embedding.RankedDocument;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/rerank}, in the shape of Jina, Cohere and llama-server. Immutable and thread-safe. */
final class RerankEndpoint implements Endpoint {

    private final ServedModel model;
    private final FieldTable<RerankBody> fields;

    RerankEndpoint(ServedModel model) {
        this.model = model;
        fields = RerankBody.table(model.options());
    }

    @Override
    public void handle(Exchange exchange) {
        RerankBody body = new RerankBody(exchange);
        fields.read(exchange, body);
        body.requireModel(model);
        List<RankedDocument> ranked = LeavingClient.interrupting(
                exchange::onClientGone, () -> model.llama().rerank(body.query(), body.documents()));
        exchange.json(200, json(ranked, body));
    }

    private ObjectNode json(List<RankedDocument> ranked, RerankBody body) {
        ObjectNode json =
                Json.object().put("id", Ids.of("rerank-")).put("object", "list").put("model", model.id());
        ArrayNode results = json.putArray("results");
        for (RankedDocument document : ranked.subList(0, Math.min(body.top(), ranked.size()))) {
            ObjectNode result =
                    results.addObject().put("index", document.index()).put("relevance_score", document.score());
            if (body.returnsDocuments()) {
                result.putObject("document").put("text", document.text());
            }
        }
        int tokens = ranked.stream().mapToInt(RankedDocument::tokens).sum();
        json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return json;
    }
}
