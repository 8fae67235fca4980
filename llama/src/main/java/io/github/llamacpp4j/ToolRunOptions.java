package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How tools are run for a model. Immutable and thread-safe. */
public final class ToolRunOptions {

    private static final ToolRunOptions DEFAULTS = builder().build();

    private final ChatOptions chat;
    private final int maxRounds;
    private final Duration toolTimeout;
    private final @Nullable Duration timeout;
    private final ToolApproval approval;
    private final ToolFailures failures;

    private ToolRunOptions(Builder builder) {
        chat = builder.chat;
        maxRounds = builder.maxRounds;
        toolTimeout = builder.toolTimeout;
        timeout = builder.timeout;
        approval = builder.approval;
        failures = builder.failures;
    }

    /** At most 8 rounds, a minute for each tool, every call approved, failures told to the model. */
    public static ToolRunOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        Builder builder = new Builder()
                .chat(chat)
                .maxRounds(maxRounds)
                .toolTimeout(toolTimeout)
                .approval(approval)
                .failures(failures);
        builder.timeout = timeout;
        return builder;
    }

    /** How the model is asked; its tools are replaced, and its tool choice counts for the first round only. */
    public ChatOptions chat() {
        return chat;
    }

    /** How often the model is asked at most. */
    public int maxRounds() {
        return maxRounds;
    }

    /** How long one call may take. */
    public Duration toolTimeout() {
        return toolTimeout;
    }

    /** How long the whole run may take; empty means as long as it takes. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /** Decides which calls are made. */
    public ToolApproval approval() {
        return approval;
    }

    /** What becomes of a tool that fails. */
    public ToolFailures failures() {
        return failures;
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private ChatOptions chat = ChatOptions.defaults();
        private int maxRounds = 8;
        private Duration toolTimeout = Duration.ofMinutes(1);
        private @Nullable Duration timeout;
        private ToolApproval approval = ToolApproval.all();
        private ToolFailures failures = ToolFailures.TELL_MODEL;

        private Builder() {}

        /** Sets how the model is asked. */
        public Builder chat(ChatOptions value) {
            chat = requireNonNull(value, "chat");
            return this;
        }

        /** Changes how the model is asked. */
        public Builder chat(Consumer<ChatOptions.Builder> change) {
            ChatOptions.Builder builder = chat.toBuilder();
            change.accept(builder);
            chat = builder.build();
            return this;
        }

        /** Sets how often the model is asked at most, 1 to 1000. Default 8. */
        public Builder maxRounds(int value) {
            maxRounds = value;
            return this;
        }

        /** Sets how long one call may take; its thread is interrupted then. Default a minute. */
        public Builder toolTimeout(Duration value) {
            toolTimeout = requireNonNull(value, "toolTimeout");
            return this;
        }

        /** Sets how long the whole run may take. Default: as long as it takes. */
        public Builder timeout(Duration value) {
            timeout = requireNonNull(value, "timeout");
            return this;
        }

        /** Sets who decides which calls are made. Default {@link ToolApproval#all()}. */
        public Builder approval(ToolApproval value) {
            approval = requireNonNull(value, "approval");
            return this;
        }

        /** Sets what becomes of a tool that fails. Default {@link ToolFailures#TELL_MODEL}. */
        public Builder failures(ToolFailures value) {
            failures = requireNonNull(value, "failures");
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public ToolRunOptions build() {
            if (maxRounds < 1 || maxRounds > 1000) {
                throw new IllegalArgumentException("maxRounds must be 1 to 1000, got " + maxRounds);
            }
            positive("toolTimeout", toolTimeout);
            if (timeout != null) {
                positive("timeout", timeout);
            }
            return new ToolRunOptions(this);
        }

        private static void positive(String name, Duration value) {
            if (!value.isPositive()) {
                throw new IllegalArgumentException(name + " must be positive, got " + value);
            }
        }
    }
}
