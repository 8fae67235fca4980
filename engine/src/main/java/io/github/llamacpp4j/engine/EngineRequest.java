package io.github.llamacpp4j.engine;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What to generate: a prompt as tokens, how to choose the next ones and when to stop.
 *
 * <p>Immutable and thread-safe.
 */
public final class EngineRequest {

    private static final int MOST_STOP_TEXTS = 64;
    private static final int LONGEST_STOP_TEXT_BYTES = 4096;
    private static final int MOST_LOGPROBS = 128;

    private final Builder values;

    private EngineRequest(Builder values) {
        this.values = values;
    }

    /** A builder for a request that continues {@code prompt}, which must have at least one token. */
    public static Builder builder(int... prompt) {
        return new Builder(prompt.clone());
    }

    /** A builder that starts from this request. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /**
     * The same request for another prompt.
     *
     * @throws IllegalArgumentException if the prompt is empty
     */
    public EngineRequest withPrompt(int... prompt) {
        return new Builder(prompt.clone(), values).build();
    }

    /** A copy of the prompt. */
    public int[] prompt() {
        return values.prompt.clone();
    }

    /** The length of the prompt. */
    public int promptTokens() {
        return values.prompt.length;
    }

    /** The prompt itself. */
    int[] promptArray() {
        return values.prompt;
    }

    /** How the next token is chosen. */
    public SamplingOptions sampling() {
        return values.sampling;
    }

    /** How many tokens to generate at most; absent means until something else ends it. */
    public OptionalInt maxTokens() {
        return values.maxTokens < 0 ? OptionalInt.empty() : OptionalInt.of(values.maxTokens);
    }

    /** How many tokens to generate before an end-of-generation token may come. */
    public int minTokens() {
        return values.minTokens;
    }

    /** Whether end-of-generation tokens are never chosen. */
    public boolean ignoreEndOfGeneration() {
        return values.ignoreEndOfGeneration;
    }

    /** Whether control tokens other than those that end the generation are spelled out in the text. */
    public boolean showControlTokens() {
        return values.showControlTokens;
    }

    /** Texts that end the generation and are not part of it. */
    public List<String> stopTexts() {
        return values.stopTexts;
    }

    /** Tokens that end the generation. */
    public List<Integer> stopTokens() {
        return values.stopTokens;
    }

    /** How many of the most likely tokens to report with each sampled one; absent means no log probabilities. */
    public OptionalInt logprobs() {
        return values.logprobs < 0 ? OptionalInt.empty() : OptionalInt.of(values.logprobs);
    }

    /** Whether the log probabilities of the prompt's tokens are reported too. */
    public boolean promptLogprobs() {
        return values.promptLogprobs;
    }

    /** What happens at the end of the context. */
    public ContextFullPolicy contextFullPolicy() {
        return values.contextFullPolicy;
    }

    /** How many tokens at the beginning are never forgotten by {@link ContextFullPolicy#SHIFT}. */
    public int keepTokens() {
        return values.keepTokens;
    }

    /** On whose behalf the request runs; callers share the engine fairly. */
    public String caller() {
        return values.caller;
    }

    /** Requests of higher priority are admitted first. */
    public int priority() {
        return values.priority;
    }

    /** How long the request may take in all, time in the queue included. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(values.timeout);
    }

    /** Whether the prompt may be taken from and left in the prefix cache. */
    public boolean prefixCache() {
        return values.prefixCache;
    }

    /** Makes the constraint of one sequence, if tokens are constrained. */
    public Optional<Supplier<? extends TokenConstraint>> constraint() {
        return Optional.ofNullable(values.constraint);
    }

    /** How many tokens to guess ahead per step, 0 for none; absent means {@link EngineOptions#speculativeTokens}. */
    public OptionalInt speculativeTokens() {
        return values.speculativeTokens < 0 ? OptionalInt.empty() : OptionalInt.of(values.speculativeTokens);
    }

    /** Collects a request; {@link #build} checks it. Not thread-safe. */
    public static final class Builder {

        private final int[] prompt;
        private SamplingOptions sampling = SamplingOptions.defaults();
        private int maxTokens = -1;
        private int minTokens;
        private boolean ignoreEndOfGeneration;
        private boolean showControlTokens;
        private List<String> stopTexts = List.of();
        private List<Integer> stopTokens = List.of();
        private int logprobs = -1;
        private boolean promptLogprobs;
        private ContextFullPolicy contextFullPolicy = ContextFullPolicy.STOP;
        private int keepTokens;
        private String caller = "";
        private int priority;
        private @Nullable Duration timeout;
        private boolean prefixCache = true;
        private @Nullable Supplier<? extends TokenConstraint> constraint;
        private int speculativeTokens = -1;

        private Builder(int[] prompt) {
            this.prompt = prompt;
        }

        private Builder(Builder from) {
            this(from.prompt, from);
        }

        private Builder(int[] prompt, Builder from) {
            this.prompt = prompt;
            sampling = from.sampling;
            maxTokens = from.maxTokens;
            minTokens = from.minTokens;
            ignoreEndOfGeneration = from.ignoreEndOfGeneration;
            showControlTokens = from.showControlTokens;
            stopTexts = from.stopTexts;
            stopTokens = from.stopTokens;
            logprobs = from.logprobs;
            promptLogprobs = from.promptLogprobs;
            contextFullPolicy = from.contextFullPolicy;
            keepTokens = from.keepTokens;
            caller = from.caller;
            priority = from.priority;
            timeout = from.timeout;
            prefixCache = from.prefixCache;
            constraint = from.constraint;
            speculativeTokens = from.speculativeTokens;
        }

        /** Sets how the next token is chosen. Default {@link SamplingOptions#defaults()}. */
        public Builder sampling(SamplingOptions value) {
            sampling = requireNonNull(value, "sampling");
            return this;
        }

        /** Sets how many tokens to generate at most; 0 only reads the prompt. Default: until something else ends it. */
        public Builder maxTokens(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("maxTokens must not be negative, got " + value);
            }
            maxTokens = value;
            return this;
        }

        /** Takes a limit set by {@link #maxTokens} away. */
        public Builder unlimitedTokens() {
            maxTokens = -1;
            return this;
        }

        /** Sets how many tokens to generate before an end-of-generation token may come. Default 0. */
        public Builder minTokens(int value) {
            minTokens = value;
            return this;
        }

        /** Sets whether end-of-generation tokens are never chosen. Default false. */
        public Builder ignoreEndOfGeneration(boolean value) {
            ignoreEndOfGeneration = value;
            return this;
        }

        /** Sets whether control tokens, such as the markers of a tool call, are spelled out in the text. Default false. */
        public Builder showControlTokens(boolean value) {
            showControlTokens = value;
            return this;
        }

        /** Sets texts that end the generation, at most 64 of at most 4096 bytes. Default none. */
        public Builder stopTexts(List<String> value) {
            stopTexts = List.copyOf(value);
            return this;
        }

        /** Sets tokens that end the generation. Default none. */
        public Builder stopTokens(List<Integer> value) {
            stopTokens = List.copyOf(value);
            return this;
        }

        /** Reports each sampled token's log probability and those of this many most likely ones, 0 to 128. Default off. */
        public Builder logprobs(int value) {
            if (value < 0 || value > MOST_LOGPROBS) {
                throw new IllegalArgumentException("logprobs must be 0 to " + MOST_LOGPROBS + ", got " + value);
            }
            logprobs = value;
            return this;
        }

        /**
         * Sets whether {@link Generation#promptLogprobs} tells of the prompt what {@link #logprobs} asks for the answer. The whole
         * prompt is read then, whatever the prefix cache holds of it. Default false.
         */
        public Builder promptLogprobs(boolean value) {
            promptLogprobs = value;
            return this;
        }

        /** Sets what happens at the end of the context. Default {@link ContextFullPolicy#STOP}. */
        public Builder contextFullPolicy(ContextFullPolicy value) {
            contextFullPolicy = requireNonNull(value, "contextFullPolicy");
            return this;
        }

        /** Sets how many tokens at the beginning {@link ContextFullPolicy#SHIFT} never forgets. Default 0. */
        public Builder keepTokens(int value) {
            keepTokens = value;
            return this;
        }

        /** Sets on whose behalf the request runs. Default the empty text, which is a caller like any other. */
        public Builder caller(String value) {
            caller = requireNonNull(value, "caller");
            return this;
        }

        /** Sets the priority; higher goes first. Default 0. */
        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /** Sets how long the request may take in all; longer than zero. Default: as long as it takes. */
        public Builder timeout(Duration value) {
            timeout = requireNonNull(value, "timeout");
            return this;
        }

        /** Sets whether the prompt may be taken from and left in the prefix cache. Default true. */
        public Builder prefixCache(boolean value) {
            prefixCache = value;
            return this;
        }

        /** Sets what makes the constraint of each sequence. Default none. */
        public Builder constraint(Supplier<? extends TokenConstraint> value) {
            constraint = requireNonNull(value, "constraint");
            return this;
        }

        /** Sets how many tokens to guess ahead per step, 0 to 64; 0 is off. Default {@link EngineOptions#speculativeTokens}. */
        public Builder speculativeTokens(int value) {
            check(value >= 0 && value <= 64, "speculativeTokens must be 0 to 64, got " + value);
            speculativeTokens = value;
            return this;
        }

        /**
         * The request.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public EngineRequest build() {
            check(prompt.length > 0, "a prompt must have at least one token");
            check(minTokens >= 0, "minTokens must not be negative, got " + minTokens);
            check(keepTokens >= 0, "keepTokens must not be negative, got " + keepTokens);
            check(
                    stopTexts.size() <= MOST_STOP_TEXTS,
                    "expected at most " + MOST_STOP_TEXTS + " stop texts, got " + stopTexts.size());
            for (String stop : stopTexts) {
                int length = stop.getBytes(StandardCharsets.UTF_8).length;
                check(
                        length > 0 && length <= LONGEST_STOP_TEXT_BYTES,
                        "a stop text must have 1 to " + LONGEST_STOP_TEXT_BYTES + " bytes, got " + length);
            }
            check(!promptLogprobs || logprobs >= 0, "promptLogprobs needs logprobs, which is off");
            check(timeout == null || timeout.isPositive(), "timeout must be longer than zero, got " + timeout);
            return new EngineRequest(new Builder(this));
        }

        private static void check(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
