package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import java.util.List;

/** Counts what messages take up in a context, markup of the chat template included. */
@FunctionalInterface
public interface TokenCounter {

    /**
     * The length of the prompt that asks for an answer to {@code messages}.
     *
     * @throws ChatException if the template refuses the messages
     */
    int count(List<? extends ChatMessage> messages);
}
