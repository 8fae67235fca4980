package io.github.llamacpp4j;

import io.github.llamacpp4j.model.LlamaException;

/** A conversation and the room for an answer do not fit the context. The conversation stays as it was. */
public final class ConversationFullException extends LlamaException {

    private static final long serialVersionUID = 1L;

    private final int promptTokens;
    private final int answerTokens;
    private final int contextTokens;

    ConversationFullException(int promptTokens, int answerTokens, int contextTokens) {
        super("the conversation is full: " + promptTokens + " tokens and " + answerTokens
                + " for an answer do not fit a context of " + contextTokens
                + " tokens; undo turns, start anew, enlarge the context, or choose HistoryPolicy.dropOldestTurns()");
        this.promptTokens = promptTokens;
        this.answerTokens = answerTokens;
        this.contextTokens = contextTokens;
    }

    /** How many tokens the messages take up, after the policy has done what it could. */
    public int promptTokens() {
        return promptTokens;
    }

    /** How many tokens are kept free for the answer. */
    public int answerTokens() {
        return answerTokens;
    }

    /** How many tokens a conversation may have in all. */
    public int contextTokens() {
        return contextTokens;
    }
}
