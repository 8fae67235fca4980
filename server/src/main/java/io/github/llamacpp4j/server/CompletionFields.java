package io.github.llamacpp4j.server;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The fields of a request to {@code /v1/completions}. */
final class CompletionFields {

    private static final int MOST_LOGPROBS = 20;
    private static final int MOST_PROMPTS = 64;
    private static final int MOST_TOKENS = 1 << 20;

    private CompletionFields() {}

    /** All fields, with the limits of a server. */
    static FieldTable<CompletionBody> table(ServerOptions options) {
        return FieldTable.of(ApiBody.fields(), own(options), GenerationFields.of(options));
    }

    private static List<Field<? super CompletionBody>> own(ServerOptions options) {
        return List.of(
                Field.<CompletionBody>of(
                                "prompt",
                                Schemas.anyOf(
                                        Schemas.type("string"),
                                        Schemas.array(Schemas.type("string"), 1, MOST_PROMPTS),
                                        tokens(),
                                        Schemas.array(tokens(), 1, MOST_PROMPTS)),
                                "A text, token ids, or up to " + MOST_PROMPTS
                                        + " of either. In a text, special tokens written"
                                        + " out are recognised, and a beginning is added if the model wants one.",
                                CompletionFields::readPrompt)
                        .required(),
                Field.<CompletionBody>text(
                        "suffix",
                        options.maxBodyBytes(),
                        "Fills the gap between prompt and suffix; refused if the model has no tokens for that.",
                        CompletionBody::suffix),
                GenerationFields.maxTokens(
                        "max_tokens",
                        options,
                        "Most tokens of an answer; -1 is no limit. Default, as with llama-server: until the model ends or"
                                + " the context is full."),
                Field.<CompletionBody>flag(
                        "echo",
                        "Puts the prompt before the answer, in `logprobs` too. Its tokens but a first one, which nothing stands"
                                + " before, have probabilities then, and all of it is read, cached or not."
                                + " Not together with `logprobs` and `suffix`.",
                        CompletionBody::echo),
                Field.<CompletionBody>integer(
                        "best_of",
                        1,
                        options.maxChoices(),
                        "Generates this many and returns the `n` with the highest mean log probability; not in a stream.",
                        CompletionBody::bestOf),
                Field.<CompletionBody>integer(
                        "logprobs",
                        0,
                        MOST_LOGPROBS,
                        "Reports the log probability of each token and of this many likely ones.",
                        CompletionBody::logprobs));
    }

    private static ObjectNode tokens() {
        return Schemas.array(Schemas.type("integer").put("minimum", 0), 1, MOST_TOKENS);
    }

    private static void readPrompt(Value value, CompletionBody body) {
        if (value.node().isString()) {
            body.prompt(new CompletionBody.Prompt.Text(value.text()));
            return;
        }
        if (!value.node().isArray() || value.node().isEmpty()) {
            throw value.expected("a text, token ids, or an array of either");
        }
        if (value.node().get(0).isNumber()) {
            body.prompt(tokens(value, body));
            return;
        }
        for (Value item : value.items(1, MOST_PROMPTS)) {
            if (item.node().isString()) {
                body.prompt(new CompletionBody.Prompt.Text(item.text()));
            } else {
                body.prompt(tokens(item, body));
            }
        }
    }

    private static CompletionBody.Prompt tokens(Value value, CompletionBody body) {
        List<Integer> ids = new ArrayList<>();
        for (Value id : value.items(1, MOST_TOKENS)) {
            ids.add((int) id.integer(0, body.tokens().count() - 1));
        }
        return new CompletionBody.Prompt.Tokens(ids);
    }
}
