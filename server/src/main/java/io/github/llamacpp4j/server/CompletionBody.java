package io.github.llamacpp4j.server;

import io.github.llamacpp4j.GenerationOptions;
import java.util.List;
import java.util.OptionalInt;

/** The body of a request to {@code /v1/completions}, while and after it is read. Used by one thread. */
final class CompletionBody extends GenerationBody {

    private static final int MOST_ANSWERS = 256;

    private List<Prompt> prompts = List.of();
    private String suffix = "";
    private boolean echo;
    private int bestOf;
    private int logprobs = -1;

    CompletionBody(Exchange exchange, PromptTokens tokens, GenerationOptions defaults) {
        super(exchange, tokens, defaults);
    }

    /**
     * Reads the body of a request.
     *
     * @throws ApiException if it cannot be served as it is
     */
    static CompletionBody read(
            FieldTable<CompletionBody> fields, Exchange exchange, PromptTokens tokens, GenerationOptions defaults) {
        CompletionBody body = new CompletionBody(exchange, tokens, defaults);
        fields.read(exchange, body);
        body.check();
        return body;
    }

    private void check() {
        if (bestOf > 0 && bestOf < choices()) {
            throw ApiException.invalid("best_of", "best_of: expected at least 'n', which is " + choices());
        }
        if (bestOf > choices() && stream()) {
            throw ApiException.invalid(
                    "best_of", "best_of: the best answers are known when all are over, so they cannot be streamed");
        }
        if (judgesPrompt() && !suffix.isEmpty()) {
            throw ApiException.invalid(
                    "suffix",
                    "suffix: with 'echo' and 'logprobs' the prompt is judged as it stands; leave 'suffix' out");
        }
        if (!suffix.isEmpty() && prompts.stream().anyMatch(Prompt.Tokens.class::isInstance)) {
            throw ApiException.invalid("suffix", "suffix: expected the prompt as text beside it, found tokens");
        }
        if (prompts.size() * samples() > MOST_ANSWERS) {
            throw ApiException.invalid(
                    "prompt",
                    "prompt: expected at most " + MOST_ANSWERS + " answers to one request, found "
                            + prompts.size() * samples());
        }
    }

    void prompts(List<Prompt> values) {
        prompts = values;
    }

    /** What is to be continued. */
    List<Prompt> prompts() {
        return prompts;
    }

    void suffix(String value) {
        suffix = value;
    }

    /** What stands behind the gap that is to be filled; empty if there is none. */
    String suffix() {
        return suffix;
    }

    void echo(boolean value) {
        echo = value;
    }

    /** Whether the answer repeats the prompt. */
    boolean echo() {
        return echo;
    }

    void bestOf(long value) {
        bestOf = (int) value;
    }

    /** How many answers to generate for each prompt. */
    int samples() {
        return Math.max(bestOf, choices());
    }

    void logprobs(long value) {
        logprobs = (int) value;
    }

    /** How many likely tokens to report with each one; empty for no log probabilities at all. */
    OptionalInt reportedLogprobs() {
        return logprobs >= 0 ? OptionalInt.of(Math.max(logprobs, probabilities().orElse(0))) : probabilities();
    }

    /** Whether the log probabilities of the prompt's tokens are wanted too. */
    boolean judgesPrompt() {
        return echo && reportedLogprobs().isPresent();
    }

    /** How the answers are generated. */
    GenerationOptions options() {
        request(request -> request.promptLogprobs(judgesPrompt()));
        boolean ranked = samples() > choices();
        return generation(ranked && reportedLogprobs().isEmpty() ? OptionalInt.of(0) : reportedLogprobs());
    }
}
