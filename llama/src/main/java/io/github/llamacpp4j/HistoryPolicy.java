package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatMessage;
import java.util.List;

/**
 * What a {@link Conversation} does when its messages and the room for an answer do not fit the context any more. Write
 * your own to drop, shorten or summarise as you like. Implementations are thread-safe.
 */
@FunctionalInterface
public interface HistoryPolicy {

    /**
     * Chooses the messages that the conversation goes on with. What does not fit even so, or cannot be shortened and is
     * returned as it came, is refused with a {@link ConversationFullException}.
     *
     * @param messages all messages, the one to be answered last; immutable
     * @param counter tells how many tokens messages take up; a call renders and tokenizes them
     * @param mostTokens how many tokens they may take up
     * @return the messages to keep
     */
    List<ChatMessage> shorten(List<ChatMessage> messages, TokenCounter counter, int mostTokens);

    /** Refuses: the conversation stays as it was. The default. */
    static HistoryPolicy fail() {
        return (messages, counter, mostTokens) -> messages;
    }

    /**
     * Forgets as few of the oldest turns as need be. A turn is a message of the user with all that follows up to the next
     * one. System messages at the beginning and the last turn are always kept.
     */
    static HistoryPolicy dropOldestTurns() {
        return new OldestTurns();
    }
}
