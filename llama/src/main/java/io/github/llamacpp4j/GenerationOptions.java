package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.SamplingOptions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one generation is to do: how tokens are chosen, and when it ends. Immutable and thread-safe.
 *
 * <p>The builder offers what most callers touch; {@link Builder#sampling} and {@link Builder#request} reach all the rest.
 */
public final class GenerationOptions {

    private static final GenerationOptions DEFAULTS = builder().build();

    private final EngineRequest request;
    private final @Nullable OutputConstraint constraint;

    private GenerationOptions(EngineRequest request, @Nullable OutputConstraint constraint) {
        this.request = request;
        this.constraint = constraint;
    }

    /** llama.cpp's sampling defaults; ends when the model does or the context is full. */
    public static GenerationOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder(EngineRequest.builder(0), SamplingOptions.builder(), null);
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder(request.toBuilder(), request.sampling().toBuilder(), constraint);
    }

    /** How tokens are chosen. */
    public SamplingOptions sampling() {
        return request.sampling();
    }

    /** What may be written; empty if anything may. */
    public Optional<OutputConstraint> constraint() {
        return Optional.ofNullable(constraint);
    }

    /**
     * The engine's request to continue {@code prompt} with these options, without their {@link #constraint}, which needs a model:
     * {@link Llama#request} adds it.
     *
     * @throws IllegalArgumentException if the prompt is empty
     */
    public EngineRequest request(int... prompt) {
        return request.withPrompt(prompt);
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private final EngineRequest.Builder request;
        private final SamplingOptions.Builder sampling;
        private @Nullable OutputConstraint constraint;

        private Builder(
                EngineRequest.Builder request,
                SamplingOptions.Builder sampling,
                @Nullable OutputConstraint constraint) {
            this.request = request;
            this.sampling = sampling;
            this.constraint = constraint;
        }

        /** Generates at most this many tokens. Default: until the model ends or the context is full. */
        public Builder maxTokens(int value) {
            request.maxTokens(value);
            return this;
        }

        /** Ends when the text holds one of these, which is cut off. Default none. */
        public Builder stop(String... texts) {
            return stop(List.of(texts));
        }

        /** Ends when the text holds one of these, which is cut off. Default none. */
        public Builder stop(List<String> texts) {
            request.stopTexts(texts);
            return this;
        }

        /** Sets whether end-of-generation tokens are never chosen. Default false. */
        public Builder ignoreEndOfGeneration(boolean value) {
            request.ignoreEndOfGeneration(value);
            return this;
        }

        /** Sets the temperature; zero or below always picks the most likely token. Default 0.8. */
        public Builder temperature(double value) {
            sampling.temperature(value);
            return this;
        }

        /** Keeps this many of the most likely tokens; 0 is off. Default 40. */
        public Builder topK(int value) {
            sampling.topK(value);
            return this;
        }

        /** Keeps this probability mass; 1 is off. Default 0.95. */
        public Builder topP(double value) {
            sampling.topP(value);
            return this;
        }

        /** Keeps tokens of at least this probability relative to the most likely one; 0 is off. Default 0.05. */
        public Builder minP(double value) {
            sampling.minP(value);
            return this;
        }

        /** Sets the factor by which the logits of recent tokens shrink; 1 is off. Default 1. */
        public Builder repeatPenalty(double value) {
            sampling.repeatPenalty(value);
            return this;
        }

        /** Sets what each occurrence takes off a recent token's logit. Default 0. */
        public Builder frequencyPenalty(double value) {
            sampling.frequencyPenalty(value);
            return this;
        }

        /** Sets what is taken once off the logit of a recent token. Default 0. */
        public Builder presencePenalty(double value) {
            sampling.presencePenalty(value);
            return this;
        }

        /** Sets the seed of the draws, 0 to 2³² − 1. Default: a random one for each generation. */
        public Builder seed(long value) {
            sampling.seed(value);
            return this;
        }

        /** Allows only what the constraint allows; in a chat that is the text for the user. Default: anything. */
        public Builder constraint(OutputConstraint value) {
            constraint = requireNonNull(value, "constraint");
            return this;
        }

        /** Changes any sampling setting. */
        public Builder sampling(Consumer<SamplingOptions.Builder> change) {
            change.accept(sampling);
            return this;
        }

        /** Changes anything else: log probabilities, stop tokens, caller, priority, timeout and so on. */
        public Builder request(Consumer<EngineRequest.Builder> change) {
            change.accept(request);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public GenerationOptions build() {
            return new GenerationOptions(request.sampling(sampling.build()).build(), constraint);
        }
    }
}
