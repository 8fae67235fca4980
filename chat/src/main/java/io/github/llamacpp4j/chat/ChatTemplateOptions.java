package io.github.llamacpp4j.chat;

import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a conversation is rendered with besides its messages. Immutable and safe for use by several threads. */
public final class ChatTemplateOptions {
    private static final ChatTemplateOptions DEFAULTS = builder().build();

    private final List<ToolDefinition> tools;
    private final @Nullable Boolean enableThinking;
    private final @Nullable String reasoningEffort;
    private final Map<String, @Nullable Object> variables;
    private final boolean addGenerationPrompt;
    private final boolean continueFinalMessage;
    private final Clock clock;

    private ChatTemplateOptions(Builder builder) {
        tools = List.copyOf(builder.tools);
        enableThinking = builder.enableThinking;
        reasoningEffort = builder.reasoningEffort;
        variables = JsonTrees.copyOf(builder.variables);
        addGenerationPrompt = builder.addGenerationPrompt;
        continueFinalMessage = builder.continueFinalMessage;
        clock = builder.clock;
    }

    public static ChatTemplateOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.tools = tools;
        builder.enableThinking = enableThinking;
        builder.reasoningEffort = reasoningEffort;
        builder.variables = variables;
        builder.addGenerationPrompt = addGenerationPrompt;
        builder.continueFinalMessage = continueFinalMessage;
        builder.clock = clock;
        return builder;
    }

    /** The tools that the model may call; none by default. */
    public List<ToolDefinition> tools() {
        return tools;
    }

    /**
     * Whether the model should think before it answers. Empty by default: then the template sees
     * {@code enable_thinking = true}, as from llama-server. A value set here is given as {@code thinking} too, the name
     * that some templates use.
     */
    public Optional<Boolean> enableThinking() {
        return Optional.ofNullable(enableThinking);
    }

    /** The template variable {@code reasoning_effort}, for example {@code low}; empty by default. */
    public Optional<String> reasoningEffort() {
        return Optional.ofNullable(reasoningEffort);
    }

    /** Further template variables; they win over those set by other options. */
    public Map<String, @Nullable Object> variables() {
        return variables;
    }

    /** Whether the prompt ends with what begins an answer; default true. */
    public boolean addGenerationPrompt() {
        return addGenerationPrompt;
    }

    /** Whether the last message, an assistant's, is left open so that the model continues it; default false. */
    public boolean continueFinalMessage() {
        return continueFinalMessage;
    }

    /** Tells templates the date; by default the system's clock in the system's time zone. */
    public Clock clock() {
        return clock;
    }

    /** Builds {@link ChatTemplateOptions}. Not safe for use by several threads. */
    public static final class Builder {
        private List<ToolDefinition> tools = List.of();
        private @Nullable Boolean enableThinking;
        private @Nullable String reasoningEffort;
        private Map<String, ? extends @Nullable Object> variables = Map.of();
        private boolean addGenerationPrompt = true;
        private boolean continueFinalMessage;
        private Clock clock = Clock.system(ZoneId.systemDefault());

        private Builder() {}

        public Builder tools(List<ToolDefinition> value) {
            tools = value;
            return this;
        }

        public Builder enableThinking(boolean value) {
            enableThinking = value;
            return this;
        }

        public Builder reasoningEffort(String value) {
            reasoningEffort = value;
            return this;
        }

        public Builder variables(Map<String, ? extends @Nullable Object> value) {
            variables = new LinkedHashMap<>(value);
            return this;
        }

        public Builder addGenerationPrompt(boolean value) {
            addGenerationPrompt = value;
            return this;
        }

        public Builder continueFinalMessage(boolean value) {
            continueFinalMessage = value;
            return this;
        }

        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        public ChatTemplateOptions build() {
            return new ChatTemplateOptions(this);
        }
    }
}
