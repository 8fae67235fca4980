package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;
import java.util.function.Consumer;

/** How a {@link Conversation} is held. Immutable and thread-safe. */
public final class ConversationOptions {

    private static final ConversationOptions DEFAULTS = builder().build();
    private static final int DEFAULT_ANSWER_TOKENS = 256;

    private final ChatOptions chat;
    private final HistoryPolicy historyPolicy;
    private final int answerTokens;

    private ConversationOptions(Builder builder) {
        chat = builder.chat.build();
        historyPolicy = builder.historyPolicy;
        answerTokens = builder.answerTokens;
    }

    /** The defaults of {@link ChatOptions}; a full context is an error. */
    public static ConversationOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.chat = chat.toBuilder();
        builder.historyPolicy = historyPolicy;
        builder.answerTokens = answerTokens;
        return builder;
    }

    /** How each answer is asked for: tools, thinking, sampling and so on. */
    public ChatOptions chat() {
        return chat;
    }

    /** What happens when the context is full. */
    public HistoryPolicy historyPolicy() {
        return historyPolicy;
    }

    /** How many tokens of a context of {@code contextTokens} are kept free for an answer. */
    int answerTokens(int contextTokens) {
        OptionalInt wanted = chat.generation().request(0).maxTokens();
        int tokens =
                answerTokens >= 0 ? answerTokens : Math.min(wanted.orElse(DEFAULT_ANSWER_TOKENS), contextTokens / 4);
        return Math.min(tokens, contextTokens - 1);
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private ChatOptions.Builder chat = ChatOptions.builder();
        private HistoryPolicy historyPolicy = HistoryPolicy.fail();
        private int answerTokens = -1;

        private Builder() {}

        /** Changes how each answer is asked for. */
        public Builder chat(Consumer<ChatOptions.Builder> change) {
            change.accept(chat);
            return this;
        }

        /** Sets how each answer is asked for. */
        public Builder chat(ChatOptions options) {
            chat = options.toBuilder();
            return this;
        }

        /** Sets what happens when the context is full. Default {@link HistoryPolicy#fail}. */
        public Builder historyPolicy(HistoryPolicy value) {
            historyPolicy = requireNonNull(value, "historyPolicy");
            return this;
        }

        /**
         * Sets how many tokens must be free for an answer, or the context counts as full. Default: what an answer may have
         * at most, 256 if that is not limited, but never more than a quarter of the context.
         */
        public Builder answerTokens(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("answerTokens must be 0 or more, got " + value);
            }
            answerTokens = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public ConversationOptions build() {
            return new ConversationOptions(this);
        }
    }
}
