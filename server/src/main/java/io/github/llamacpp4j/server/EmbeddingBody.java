package io.github.llamacpp4j.server;

import java.util.List;

/** The body of a request to {@code /v1/embeddings}, while and after it is read. Used by one thread. */
final class EmbeddingBody extends ApiBody {

    private static final int MOST_INPUTS = 2048;
    private static final int MOST_DIMENSIONS = 1 << 16;

    private final int vocabularySize;
    private List<Prompt> inputs = List.of();
    private boolean base64;
    private int dimensions;

    /** @param vocabularySize how many tokens the model has */
    EmbeddingBody(Exchange exchange, int vocabularySize) {
        super(exchange);
        this.vocabularySize = vocabularySize;
    }

    /** All fields. */
    static FieldTable<EmbeddingBody> table() {
        return FieldTable.of(
                ApiBody.fields(),
                List.of(
                        Field.<EmbeddingBody>of(
                                        "input",
                                        Prompt.schema(MOST_INPUTS),
                                        "A text, token ids, or up to " + MOST_INPUTS
                                                + " of either. A text gets the special tokens that the model wants; token"
                                                + " ids reach the model as they are, special ones included.",
                                        (value, body) ->
                                                body.inputs = Prompt.list(value, MOST_INPUTS, body.vocabularySize))
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

    /** What to embed. */
    List<Prompt> inputs() {
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
