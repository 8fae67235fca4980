package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.ChatTemplateOptions;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.chat.ToolDefinition;
import java.util.List;
import java.util.function.Consumer;

/**
 * How one answer of a chat is asked for and generated. Immutable and thread-safe.
 *
 * <p>The builder offers what most callers touch; {@link Builder#template} and {@link Builder#generation} reach all the rest.
 */
public final class ChatOptions {

    private static final ChatOptions DEFAULTS = builder().build();

    private final ChatTemplateOptions template;
    private final GenerationOptions generation;
    private final ToolChoice toolChoice;

    private ChatOptions(ChatTemplateOptions template, GenerationOptions generation, ToolChoice toolChoice) {
        this.template = template;
        this.generation = generation;
        this.toolChoice = toolChoice;
    }

    /** The template's own defaults, and those of {@link GenerationOptions}. */
    public static ChatOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder(ChatTemplateOptions.builder(), GenerationOptions.builder(), ToolChoice.auto());
    }

    /** A builder that starts from the defaults with these settings of the generation. */
    public static Builder builder(GenerationOptions generation) {
        return new Builder(ChatTemplateOptions.builder(), generation.toBuilder(), ToolChoice.auto());
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder(template.toBuilder(), generation.toBuilder(), toolChoice);
    }

    /** How the prompt is rendered. */
    public ChatTemplateOptions template() {
        return template;
    }

    /** How the answer is generated. */
    public GenerationOptions generation() {
        return generation;
    }

    /** Whether the model may, must or must not call a tool. */
    public ToolChoice toolChoice() {
        return toolChoice;
    }

    /** Collects options; {@link #build} checks them. Not thread-safe. */
    public static final class Builder {

        private final ChatTemplateOptions.Builder template;
        private final GenerationOptions.Builder generation;
        private ToolChoice toolChoice;

        private Builder(
                ChatTemplateOptions.Builder template, GenerationOptions.Builder generation, ToolChoice toolChoice) {
            this.template = template;
            this.generation = generation;
            this.toolChoice = toolChoice;
        }

        /** Turns thinking on or off where the template has a switch for it. Default: as the template does. */
        public Builder enableThinking(boolean value) {
            template.enableThinking(value);
            return this;
        }

        /** Offers tools that the model may call. Default none. */
        public Builder tools(List<ToolDefinition> tools) {
            template.tools(tools);
            return this;
        }

        /**
         * Sets whether the model may, must or must not call a tool. Default {@link ToolChoice#auto()}: it may, and once it has written
         * the template's opening marker of a call, it can only complete a valid one; templates without such a marker leave it free.
         * {@link ToolChoice#required()} and {@link ToolChoice#named} leave no other answer than calls, after reasoning if there is any.
         * {@link ToolChoice#none()} keeps the tools from the model.
         */
        public Builder toolChoice(ToolChoice value) {
            toolChoice = requireNonNull(value, "toolChoice");
            return this;
        }

        /**
         * Allows only a text for the user that the constraint allows. Reasoning is free, and tools may be called instead as
         * {@link #toolChoice} says. Default: anything.
         */
        public Builder constraint(OutputConstraint value) {
            generation.constraint(value);
            return this;
        }

        /** Generates at most this many tokens. Default: until the model ends or the context is full. */
        public Builder maxTokens(int value) {
            generation.maxTokens(value);
            return this;
        }

        /** Sets the temperature; zero or below always picks the most likely token. Default 0.8. */
        public Builder temperature(double value) {
            generation.temperature(value);
            return this;
        }

        /** Sets the seed of the draws, 0 to 2³² − 1. Default: a random one for each answer. */
        public Builder seed(long value) {
            generation.seed(value);
            return this;
        }

        /** Changes how the prompt is rendered: reasoning effort, template variables, clock and so on. */
        public Builder template(Consumer<ChatTemplateOptions.Builder> change) {
            change.accept(template);
            return this;
        }

        /** Changes how the answer is generated. */
        public Builder generation(Consumer<GenerationOptions.Builder> change) {
            change.accept(generation);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        public ChatOptions build() {
            return new ChatOptions(template.build(), generation.build(), toolChoice);
        }
    }
}
