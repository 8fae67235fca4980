package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.embedding.Embedder;
import io.github.llamacpp4j.engine.embedding.Embedding;
import io.github.llamacpp4j.engine.embedding.EmbeddingInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/embeddings}. Immutable and thread-safe. */
final class EmbeddingEndpoint implements Endpoint {

    private final ServedModel model;
    private final FieldTable<EmbeddingBody> fields = EmbeddingBody.table();

    EmbeddingEndpoint(ServedModel model) {
        this.model = model;
    }

    @Override
    public void handle(Exchange exchange) {
        EmbeddingBody body =
                new EmbeddingBody(exchange, model.llama().tokenizer().size());
        fields.read(exchange, body);
        body.requireModel(model);
        Embedder embedder = model.llama().embedder();
        if (body.dimensions() > embedder.size()) {
            throw ApiException.invalid(
                    "dimensions",
                    "dimensions: expected at most " + embedder.size() + ", which is what the model gives, found "
                            + body.dimensions());
        }
        List<EmbeddingInput> inputs =
                body.inputs().stream().map(EmbeddingEndpoint::input).toList();
        List<Embedding> embeddings =
                LeavingClient.interrupting(exchange::onClientGone, () -> embedder.embedInputs(inputs));
        exchange.json(200, json(embeddings, body));
    }

    private static EmbeddingInput input(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Text text -> EmbeddingInput.text(text.text());
            case Prompt.Tokens tokens -> new EmbeddingInput.Tokens(tokens.ids());
        };
    }

    private ObjectNode json(List<Embedding> embeddings, EmbeddingBody body) {
        ObjectNode json = Json.object().put("object", "list").put("model", model.id());
        ArrayNode data = json.putArray("data");
        int tokens = 0;
        for (Embedding embedding : embeddings) {
            ObjectNode entry = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            Embedding wanted = body.dimensions() > 0 ? embedding.shortened(body.dimensions()) : embedding;
            if (body.base64()) {
                entry.put("embedding", base64(wanted.vector()));
            } else {
                entry.putPOJO("embedding", wanted.vector());
            }
            tokens += embedding.tokens();
        }
        json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return json;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
