package io.github.llamacpp4j.server;

import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.OutputConstraint;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.LogitBias;
import io.github.llamacpp4j.engine.SamplingOptions;
import io.github.llamacpp4j.grammar.GrammarException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** What the bodies of requests for text have in common, while and after they are read. Used by one thread. */
class GenerationBody extends ApiBody {

    private final PromptTokens tokens;
    private final GenerationOptions.Builder generation;
    private final List<LogitBias> logitBias = new ArrayList<>();
    private int choices = 1;
    private boolean stream;
    private boolean includeUsage;
    private boolean timingsPerToken;
    private int probabilities = -1;
    private String constraintPath = "";

    GenerationBody(Exchange exchange, PromptTokens tokens, GenerationOptions defaults) {
        super(exchange);
        this.tokens = tokens;
        generation = defaults.toBuilder();
    }

    PromptTokens tokens() {
        return tokens;
    }

    /** Changes how tokens are chosen. */
    void sampling(Consumer<SamplingOptions.Builder> change) {
        generation.sampling(change);
    }

    /** Changes anything else about the generation. */
    void request(Consumer<EngineRequest.Builder> change) {
        generation.request(change);
    }

    void bias(int token, float amount) {
        logitBias.add(new LogitBias(token, amount));
    }

    /**
     * Allows only what the constraint allows.
     *
     * @param value the field that asks for it
     * @throws ApiException if another field did so before
     */
    void constrain(Value value, OutputConstraint constraint) {
        if (!constraintPath.isEmpty()) {
            throw ApiException.invalid(
                    value.path(), value.path() + ": the answer is constrained by '" + constraintPath + "' already");
        }
        constraintPath = value.path();
        generation.constraint(constraint);
    }

    /** A refusal because of a grammar or schema that cannot be used; tools have schemas too. */
    ApiException refused(RuntimeException cause) {
        String path = constraintPath.isEmpty() ? "tools" : constraintPath;
        String code = cause instanceof GrammarException ? "invalid_grammar" : "invalid_json_schema";
        return new ApiException(400, "invalid_request_error", code, path, path + ": " + cause.getMessage());
    }

    void choices(long value) {
        choices = (int) value;
    }

    /** How many answers are wanted. */
    int choices() {
        return choices;
    }

    void stream(boolean value) {
        stream = value;
    }

    /** Whether the answers are wanted piece by piece. */
    boolean stream() {
        return stream;
    }

    void includeUsage(boolean value) {
        includeUsage = value;
    }

    /** Whether a stream ends with the number of tokens used. */
    boolean includeUsage() {
        return includeUsage;
    }

    void timingsPerToken(boolean value) {
        timingsPerToken = value;
    }

    /** Whether each piece of a stream tells how long it took. */
    boolean timingsPerToken() {
        return timingsPerToken;
    }

    void probabilities(long value) {
        probabilities = (int) value;
    }

    /** How many likely tokens to report with each one, if {@code n_probs} says so. */
    OptionalInt probabilities() {
        return probabilities > 0 ? OptionalInt.of(probabilities) : OptionalInt.empty();
    }

    /**
     * The options of the generation.
     *
     * @param logprobs how many likely tokens to report with each one
     */
    GenerationOptions generation(OptionalInt logprobs) {
        if (!logitBias.isEmpty()) {
            generation.sampling(sampling -> sampling.logitBias(logitBias));
        }
        logprobs.ifPresent(count -> generation.request(request -> request.logprobs(count)));
        return generation.build();
    }
}
