package io.github.llamacpp4j.chat;

import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/** Whether the model may, must or must not call a tool. Immutable and safe for use by several threads. */
@JsonSerialize(using = JacksonBinding.Writer.class)
@JsonDeserialize(using = JacksonBinding.ToolChoiceReader.class)
public sealed interface ToolChoice {

    /** The model decides; the default. */
    record Auto() implements ToolChoice {}

    /** No tool is called, even where tools are described. */
    record None() implements ToolChoice {}

    /** At least one tool is called. */
    record Required() implements ToolChoice {}

    /** Exactly this tool is called. */
    record Named(String name) implements ToolChoice {
        public Named {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a named tool choice needs the name of a tool, found an empty one");
            }
        }
    }

    static ToolChoice auto() {
        return new Auto();
    }

    static ToolChoice none() {
        return new None();
    }

    static ToolChoice required() {
        return new Required();
    }

    static ToolChoice named(String name) {
        return new Named(name);
    }
}
