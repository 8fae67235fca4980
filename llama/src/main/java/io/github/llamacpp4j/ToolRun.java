package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.chat.ChatMessage;
import java.util.List;

/**
 * What a run of tools led to. Immutable and thread-safe.
 *
 * @param reply the model's last answer, which calls no tools
 * @param messages the whole conversation: what was given, the calls, their results and the last answer
 * @param rounds how often the model was asked
 */
public record ToolRun(ChatReply reply, List<ChatMessage> messages, int rounds) {

    /** Copies the list. */
    public ToolRun {
        requireNonNull(reply, "reply");
        messages = List.copyOf(messages);
    }

    /** What the model finally says. */
    public String text() {
        return reply.text();
    }
}
