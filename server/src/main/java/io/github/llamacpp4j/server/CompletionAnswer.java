package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.engine.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One continuation of a prompt while it comes, kept until it is sent. Used by one thread. */
final class CompletionAnswer {

    private final boolean keepsTokens;
    private final StringBuilder text;
    private final List<TokenEvent> tokens = new ArrayList<>();
    private @Nullable FinishedEvent end;
    private int tokenCount;
    private double logprobSum;
    private int textOffset;

    /**
     * @param beginning what the text begins with: the prompt if it is repeated
     * @param keepsTokens whether its tokens are wanted too
     */
    CompletionAnswer(String beginning, boolean keepsTokens) {
        this.keepsTokens = keepsTokens;
        text = new StringBuilder(beginning);
    }

    /** Takes what the engine tells next. */
    void accept(GenerationEvent event) {
        text.append(event.text());
        switch (event) {
            case TokenEvent token -> {
                tokenCount++;
                logprobSum +=
                        token.logprobs().map(each -> each.chosen().logprob()).orElse(0.0);
                if (keepsTokens) {
                    tokens.add(token);
                }
            }
            case FinishedEvent finished -> end = finished;
        }
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

    /** How likely the model found it, per token. */
    double meanLogprob() {
        return tokenCount == 0 ? 0 : logprobSum / tokenCount;
    }

    /** How many tokens there are so far. */
    int tokenCount() {
        return tokenCount;
    }

    /** Whether there is anything that was not taken. */
    boolean hasNews() {
        return !text.isEmpty() || !tokens.isEmpty();
    }

    /** The text that was not taken yet. */
    String takeText() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    /** The object {@code logprobs} of the tokens that were not taken yet. */
    ObjectNode takeLogprobs(LogprobsJson writer) {
        ObjectNode json = Json.object();
        textOffset = writer.completion(json, tokens, textOffset);
        tokens.clear();
        return json;
    }
}
