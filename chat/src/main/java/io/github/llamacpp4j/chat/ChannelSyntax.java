package io.github.llamacpp4j.chat;

import java.util.List;

/**
 * Answers that are messages with a header: gpt-oss' Harmony format and its relatives.
 *
 * @param ends what ends a message
 * @param bodyOpen precedes the calls in a message's body; may be empty
 * @param body how a call is written in a message's body; the header names the tool if it is a {@code Named} syntax
 */
record ChannelSyntax(List<String> ends, String bodyOpen, ToolSyntax body) {
    static final String START = "<|start|>";
    static final String CHANNEL = "<|channel|>";
    static final String MESSAGE = "<|message|>";

    ChannelSyntax {
        ends = List.copyOf(ends);
    }
}
