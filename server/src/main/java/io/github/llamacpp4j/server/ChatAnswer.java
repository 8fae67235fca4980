package io.github.llamacpp4j.server;

import io.github.llamacpp4j.chat.OutputEvent;
import io.github.llamacpp4j.chat.OutputParser;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.engine.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a chat while it comes: taken apart, counted, and kept until it is sent. Used by one thread.
 *
 * <p>A call is shown as soon as it names a tool that was offered. If it turns out not to be a call after all, what was not sent yet
 * is taken back; what was sent stays a call whose arguments never end, its text follows as content, and its index is not used again.
 */
final class ChatAnswer {

    private final int index;
    private final OutputParser parser;
    private final boolean oneCall;
    private final boolean keepsTokens;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final List<CallPiece> calls = new ArrayList<>();
    private final List<TokenEvent> tokens = new ArrayList<>();
    private @Nullable CallPiece open;
    private @Nullable FinishedEvent end;
    private int nextCall;
    private int completeCalls;
    private int tokenCount;
    private int silentTokens;
    private int reasoningTokens;

    /**
     * @param index which of the answers to a request
     * @param parser takes it apart
     * @param oneCall whether it ends with its first call
     * @param keepsTokens whether its tokens are wanted too
     */
    ChatAnswer(int index, OutputParser parser, boolean oneCall, boolean keepsTokens) {
        this.index = index;
        this.parser = parser;
        this.oneCall = oneCall;
        this.keepsTokens = keepsTokens;
    }

    int index() {
        return index;
    }

    /** Takes what the engine tells next. */
    void accept(GenerationEvent event) {
        if (event instanceof TokenEvent token) {
            tokenCount++;
            if (keepsTokens && !isComplete()) {
                tokens.add(token);
            }
        }
        if (!isComplete()) {
            read(parser.accept(event.text()), event instanceof TokenEvent);
        }
        if (event instanceof FinishedEvent finished) {
            if (!isComplete()) {
                read(parser.finish(), false);
            }
            end = finished;
        }
    }

    private void read(List<OutputEvent> events, boolean ofToken) {
        boolean reasoned = false;
        for (OutputEvent event : events) {
            switch (event) {
                case OutputEvent.Reasoning piece -> {
                    reasoning.append(piece.text());
                    reasoned = true;
                }
                case OutputEvent.Text piece -> content.append(piece.text());
                case OutputEvent.ToolCallDelta delta -> grow(delta);
                case OutputEvent.ToolCall made -> {
                    open = null;
                    completeCalls += made.call().complete() ? 1 : 0;
                    if (isComplete()) {
                        return;
                    }
                }
                case OutputEvent.ToolCallRejected rejected -> reject();
            }
        }
        count(ofToken, reasoned, !events.isEmpty());
    }

    /** A token without a text of its own belongs to what comes after it. */
    private void count(boolean ofToken, boolean reasoned, boolean spoke) {
        silentTokens += ofToken ? 1 : 0;
        if (reasoned) {
            reasoningTokens += silentTokens;
        }
        if (spoke) {
            silentTokens = 0;
        }
    }

    private void grow(OutputEvent.ToolCallDelta delta) {
        CallPiece piece = open;
        if (piece == null) {
            String id = delta.id().isEmpty() ? Ids.of("call_") : delta.id();
            piece = new CallPiece(nextCall++, new CallPiece.Beginning(id, delta.name()));
            open = piece;
        }
        if (!calls.contains(piece)) {
            if (piece.sent()) {
                piece = new CallPiece(piece.index(), null);
                open = piece;
            }
            calls.add(piece);
        }
        piece.arguments().append(delta.argumentsText());
    }

    private void reject() {
        if (open != null && calls.remove(open) && open.beginning().isPresent()) {
            nextCall--;
        }
        open = null;
    }

    /** Whether nothing more is wanted, though the model may go on. */
    boolean isComplete() {
        return oneCall && completeCalls > 0;
    }

    /** Why it ended, in the words of the protocol. */
    String finishReason() {
        FinishReason reason = end().reason();
        boolean ended = isComplete() || reason.wireName().equals("stop");
        return ended && completeCalls > 0 ? "tool_calls" : reason.wireName();
    }

    boolean isOver() {
        return end != null;
    }

    FinishedEvent end() {
        if (end == null) {
            throw new IllegalStateException("the answer has not ended");
        }
        return end;
    }

    /** The reasoning that was not sent yet. */
    StringBuilder reasoning() {
        return reasoning;
    }

    /** The text that was not sent yet. */
    StringBuilder content() {
        return content;
    }

    /** The pieces of calls that were not sent yet. */
    List<CallPiece> calls() {
        return calls;
    }

    /** The tokens that were not taken yet. */
    List<TokenEvent> takeTokens() {
        List<TokenEvent> taken = List.copyOf(tokens);
        tokens.clear();
        return taken;
    }

    /** How many tokens there are so far. */
    int tokenCount() {
        return tokenCount;
    }

    /** How many tokens were spent on reasoning. */
    int reasoningTokens() {
        return reasoningTokens;
    }

    /** Forgets reasoning, text and calls, which have been sent now. */
    void sent() {
        reasoning.setLength(0);
        content.setLength(0);
        calls.forEach(CallPiece::markSent);
        calls.clear();
    }
}
