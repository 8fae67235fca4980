package io.github.llamacpp4j.chat;

import java.util.Objects;

/**
 * What the next piece of a model's answer brought. The texts of one kind, joined, are the same however the answer was
 * cut into pieces. Immutable and safe for use by several threads.
 */
public sealed interface OutputEvent {

    /** More of the reasoning. */
    record Reasoning(String text) implements OutputEvent {
        public Reasoning {
            Objects.requireNonNull(text, "text");
        }
    }

    /** More of the text for the user. */
    record Text(String text) implements OutputEvent {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * A call began or its arguments grew.
     *
     * @param index which call of the answer, from 0
     * @param id the id the model gave it, or empty
     * @param name the tool's name, the same in every delta of the call
     * @param argumentsText what is added to the JSON text of the arguments; empty in the first delta of a call
     */
    record ToolCallDelta(int index, String id, String name, String argumentsText) implements OutputEvent {
        public ToolCallDelta {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(argumentsText, "argumentsText");
        }
    }

    /** The call at {@code index} is over: complete, or cut off by the end of the answer. */
    record ToolCall(int index, ParsedToolCall call) implements OutputEvent {
        public ToolCall {
            Objects.requireNonNull(call, "call");
        }
    }

    /**
     * What the deltas showed as the call at {@code index} turned out not to be a call. Its raw text follows as
     * {@link Text}, and the next call takes the index.
     */
    record ToolCallRejected(int index) implements OutputEvent {}
}
