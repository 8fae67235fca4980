package io.github.llamacpp4j.server;

import io.github.llamacpp4j.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The body of a request to {@code /v1/embeddings}, while and after it is read. Used by one thread. */
final class EmbeddingBody extends ApiBody {

    private static final int MOST_INPUTS = 2048;
    private static final int MOST_TOKENS = 1 << 20;
    private static final int MOST_DIMENSIONS = 1 << 16;

    private final Tokenizer tokenizer;
    private final List<String> inputs = new ArrayList<>();
    private boolean base64;
    private int dimensions;

    EmbeddingBody(Exchange exchange, Tokenizer tokenizer) {
        super(exchange);
        this.tokenizer = tokenizer;
    }

    /** All fields. */
    static FieldTable<EmbeddingBody> table() {
        return FieldTable.of(
                ApiBody.fields(),
                List.of(
                        Field.<EmbeddingBody>of(
                                        "input",
                                        Schemas.anyOf(
                                                Schemas.type("string"),
                                                Schemas.array(Schemas.type("string"), 1, MOST_INPUTS),
                                                tokensSchema(),
                                                Schemas.array(tokensSchema(), 1, MOST_INPUTS)),
                                        "A text, token ids, or up to " + MOST_INPUTS
                                                + " of either. Token ids are turned into" + " text first.",
                                        EmbeddingBody::readInput)
                                .required(),
                        Field.<EmbeddingBody>choice(
                                "encoding_format",
                                List.of("float", "base64"),
                                "Numbers, or base64 of little-endian 32-bit floats. Default `float`.",
                                (body, value) -> body.base64 = value.equals("base64")),
                        Field.<EmbeddingBody>integer(
                                "dimensions",
                                1,
                                MOST_DIMENSIONS,
                                "Keeps the first numbers only, normalised again; at most as many as the model gives.",
                                (body, value) -> body.dimensions = (int) value)));
    }

    private static ObjectNode tokensSchema() {
        return Schemas.array(Schemas.type("integer").put("minimum", 0), 1, MOST_TOKENS);
    }

    private static void readInput(Value value, EmbeddingBody body) {
        if (value.node().isString()) {
            body.inputs.add(value.text());
            return;
        }
        if (!value.node().isArray() || value.node().isEmpty()) {
            throw value.expected("a text, token ids, or an array of either");
        }
        if (value.node().get(0).isNumber()) {
            body.inputs.add(body.text(value));
            return;
        }
        for (Value item : value.items(1, MOST_INPUTS)) {
            body.inputs.add(item.node().isString() ? item.text() : body.text(item));
        }
    }

    private String text(Value tokens) {
        List<Value> items = tokens.items(1, MOST_TOKENS);
        int[] ids = new int[items.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) items.get(i).integer(0, tokenizer.size() - 1);
        }
        return tokenizer.decode(ids);
    }

    /** What to embed. */
    List<String> inputs() {
        return inputs;
    }

    /** Whether the numbers are wanted in base64. */
    boolean base64() {
        return base64;
    }

    /** How many numbers are wanted; 0 for all. */
    int dimensions() {
        return dimensions;
    }
}
