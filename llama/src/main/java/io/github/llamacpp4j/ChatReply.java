package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.OutputFlag;
import io.github.llamacpp4j.chat.ParsedOutput;
import io.github.llamacpp4j.chat.ParsedToolCall;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.Usage;
import java.util.List;
import java.util.Set;

/**
 * A model's whole answer. Immutable and thread-safe.
 *
 * @param output the answer, taken apart
 * @param end why and how it ended
 * @param prompt what the model was asked, rendered
 */
public record ChatReply(ParsedOutput output, FinishedEvent end, RenderedPrompt prompt) {

    /** What the model says to the user. */
    public String text() {
        return output.text();
    }

    /** What the model thought before; empty where it did not. */
    public String reasoning() {
        return output.reasoning();
    }

    /** The tools that it wants called. A call that is not complete must not be made. */
    public List<ParsedToolCall> toolCalls() {
        return output.toolCalls();
    }

    /** What was unusual about the answer. */
    public Set<OutputFlag> flags() {
        return output.flags();
    }

    /** Why the answer ended. */
    public FinishReason finishReason() {
        return end.reason();
    }

    /** How many tokens were used. */
    public Usage usage() {
        return end.usage();
    }

    /** How long it took. */
    public Timings timings() {
        return end.timings();
    }

    /** The answer as the next message of the conversation, without calls that are not complete. */
    public ChatMessage message() {
        return new ChatMessage.AssistantMessage(
                text(),
                reasoning(),
                toolCalls().stream()
                        .filter(ParsedToolCall::complete)
                        .map(ParsedToolCall::toToolCall)
                        .toList());
    }
}
