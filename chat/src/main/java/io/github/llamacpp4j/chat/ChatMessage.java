package io.github.llamacpp4j.chat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * One message of a conversation. All messages are immutable and safe for use by several threads. OpenAI's
 * {@code developer} role is read as a {@link SystemMessage}.
 */
@JsonSerialize(using = JacksonBinding.Writer.class)
@JsonDeserialize(using = JacksonBinding.MessageReader.class)
public sealed interface ChatMessage {

    /** The role as it is written on the wire: {@code system}, {@code user}, {@code assistant} or {@code tool}. */
    String role();

    /** The text of the message: all text parts, one after another, joined by line feeds. */
    String text();

    /** Instructions to the model that stand outside the conversation. */
    record SystemMessage(List<ContentPart> content) implements ChatMessage {
        public SystemMessage {
            content = List.copyOf(content);
        }

        @Override
        public String role() {
            return "system";
        }

        @Override
        public String text() {
            return joined(content);
        }
    }

    /** What the user says. */
    record UserMessage(List<ContentPart> content) implements ChatMessage {
        public UserMessage {
            content = List.copyOf(content);
        }

        @Override
        public String role() {
            return "user";
        }

        @Override
        public String text() {
            return joined(content);
        }
    }

    /** What the model answered. {@code text} and {@code reasoning} are empty where the answer has none. */
    record AssistantMessage(String text, String reasoning, List<ToolCall> toolCalls) implements ChatMessage {
        public AssistantMessage {
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(reasoning, "reasoning");
            toolCalls = List.copyOf(toolCalls);
        }

        @Override
        public String role() {
            return "assistant";
        }
    }

    /**
     * The result of a tool call. {@code toolCallId} is the id of the {@link ToolCall} that it answers and {@code name}
     * the tool's name; either is empty where it is not known.
     */
    record ToolMessage(String toolCallId, String name, String text) implements ChatMessage {
        public ToolMessage {
            Objects.requireNonNull(toolCallId, "toolCallId");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(text, "text");
        }

        @Override
        public String role() {
            return "tool";
        }
    }

    static SystemMessage system(String text) {
        return new SystemMessage(List.of(new ContentPart.Text(text)));
    }

    static UserMessage user(String text) {
        return new UserMessage(List.of(new ContentPart.Text(text)));
    }

    static UserMessage user(List<ContentPart> content) {
        return new UserMessage(content);
    }

    static AssistantMessage assistant(String text) {
        return new AssistantMessage(text, "", List.of());
    }

    /** The result of {@code call}. */
    static ToolMessage toolResult(ToolCall call, String result) {
        return new ToolMessage(call.id(), call.name(), result);
    }

    private static String joined(List<ContentPart> content) {
        return content.stream()
                .filter(ContentPart.Text.class::isInstance)
                .map(part -> ((ContentPart.Text) part).text())
                .collect(Collectors.joining("\n"));
    }
}
