package io.github.llamacpp4j.server;

import java.util.List;

/** The fields of a request to {@code /v1/completions}. */
final class CompletionFields {

    private static final int MOST_LOGPROBS = 20;
    private static final int MOST_PROMPTS = 64;

    private CompletionFields() {}

    /** All fields, with the limits of a server. */
    static FieldTable<CompletionBody> table(ServerOptions options) {
        return FieldTable.of(ApiBody.fields(), own(options), GenerationFields.of(options));
    }

    private static List<Field<? super CompletionBody>> own(ServerOptions options) {
        return List.of(
                Field.<CompletionBody>of(
                                "prompt",
                                Prompt.schema(MOST_PROMPTS),
                                "A text, token ids, or up to " + MOST_PROMPTS
                                        + " of either. In a text, special tokens written"
                                        + " out are recognised, and a beginning is added if the model wants one;"
                                        + " token ids reach the model as they are.",
                                (value, body) -> body.prompts(Prompt.list(
                                        value, MOST_PROMPTS, body.tokens().count())))
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
}
