package io.github.llamacpp4j.engine.embedding;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How documents are ranked. Immutable and thread-safe. */
public final class RerankerOptions {

    private static final RerankerOptions DEFAULTS = new RerankerOptions(new Builder());

    private final @Nullable YesNoPrompt prompt;
    private final boolean probabilities;
    private final EmbedderOptions computing;

    private RerankerOptions(Builder builder) {
        this.prompt = builder.prompt;
        this.probabilities = builder.probabilities;
        this.computing = builder.computing;
    }

    /** The defaults. */
    public static RerankerOptions defaults() {
        return DEFAULTS;
    }

    /** The defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /** These options, to be changed. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.prompt = prompt;
        builder.probabilities = probabilities;
        builder.computing = computing;
        return builder;
    }

    /** See {@link Builder#prompt(YesNoPrompt)}. */
    public Optional<YesNoPrompt> prompt() {
        return Optional.ofNullable(prompt);
    }

    /** See {@link Builder#probabilities(boolean)}. */
    public boolean probabilities() {
        return probabilities;
    }

    /** See {@link Builder#computing(EmbedderOptions)}. */
    public EmbedderOptions computing() {
        return computing;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {

        private @Nullable YesNoPrompt prompt;
        private boolean probabilities;
        private EmbedderOptions computing =
                EmbedderOptions.builder().longTexts(LongTextPolicy.TRUNCATE).build();

        private Builder() {}

        /**
         * How a generative model is asked. Default: not at all, unless the file has a chat template named {@code rerank};
         * models with a classification head need none.
         */
        public Builder prompt(YesNoPrompt prompt) {
            this.prompt = requireNonNull(prompt, "prompt");
            return this;
        }

        /**
         * Whether the score of a classification head with one output is made a number from 0 to 1 by the logistic
         * function. Default false: as the head gives it, any number. Generative models always give 0 to 1.
         */
        public Builder probabilities(boolean probabilities) {
            this.probabilities = probabilities;
            return this;
        }

        /**
         * Batches, contexts, threads, queue and limits; pooling, normalisation and prefixes mean nothing here. Default:
         * the embedder's defaults, with documents truncated that are too long.
         */
        public Builder computing(EmbedderOptions computing) {
            this.computing = requireNonNull(computing, "computing");
            return this;
        }

        /** The options. */
        public RerankerOptions build() {
            return new RerankerOptions(this);
        }
    }
}
