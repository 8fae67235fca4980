package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.engine.TokenEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One continuation of a prompt while it comes, kept until it is sent. Used by one thread. */
final class CompletionAnswer {

    private final @Nullable CompletionLogprobs logprobs;
    private final Consumer<CompletionLogprobs> promptLogprobs;
    private final StringBuilder text;
    private boolean begun;
    private @Nullable FinishedEvent end;
    private int tokenCount;
    private double logprobSum;

    /**
     * @param beginning what the text begins with: the prompt if it is repeated
     * @param logprobs takes how likely its tokens are, if that is wanted
     * @param promptLogprobs adds the prompt to that once it is read, if it is repeated
     */
    CompletionAnswer(
            String beginning, @Nullable CompletionLogprobs logprobs, Consumer<CompletionLogprobs> promptLogprobs) {
        this.logprobs = logprobs;
        this.promptLogprobs = promptLogprobs;
        text = new StringBuilder(beginning);
    }

    /** Takes what the engine tells next. */
    void accept(GenerationEvent event) {
        if (!begun && logprobs != null) {
            promptLogprobs.accept(logprobs);
        }
        begun = true;
        text.append(event.text());
        switch (event) {
            case TokenEvent token -> {
                tokenCount++;
                logprobSum +=
                        token.logprobs().map(each -> each.chosen().logprob()).orElse(0.0);
                if (logprobs != null) {
                    logprobs.add(token);
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
        return begun && (!text.isEmpty() || (logprobs != null && !logprobs.isEmpty()));
    }

    /** The text that was not taken yet. */
    String takeText() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    /** The object {@code logprobs} of the tokens that were not taken yet; null if that is not wanted. */
    @Nullable
    ObjectNode takeLogprobs() {
        return logprobs == null ? null : logprobs.take();
    }
}
