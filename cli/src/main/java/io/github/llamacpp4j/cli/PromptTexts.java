package io.github.llamacpp4j.cli;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/**
 * Prompts of a length wanted in the model's own tokens. Each begins with a number of its own, so that no server can answer from its
 * cache. Thread-safe.
 */
final class PromptTexts {

    private static final String SENTENCE =
            "The quick brown fox jumps over the lazy dog while seven wizards watch from the old stone bridge. ";
    private static final String ENDING = "Once upon a time";

    private final AtomicInteger serial = new AtomicInteger();
    private final int mostTokens;
    private final int sentenceTokens;
    private final int frameTokens;

    /**
     * Prompts for a model.
     *
     * @param tokenCount counts a text's tokens
     * @param mostTokens what the model can read and still answer
     */
    PromptTexts(ToIntFunction<String> tokenCount, int mostTokens) {
        this.mostTokens = mostTokens;
        sentenceTokens = Math.max(1, tokenCount.applyAsInt(SENTENCE));
        frameTokens = tokenCount.applyAsInt("12345. " + ENDING);
    }

    /** The length that {@link #fresh} gives a prompt for which {@code tokens} are wanted. */
    int length(int tokens) {
        return frameTokens + sentences(tokens) * sentenceTokens;
    }

    /** A prompt of about so many tokens, or as many as the model can read, that begins like no other. */
    String fresh(int tokens) {
        return String.format(Locale.ROOT, "%d. ", serial.incrementAndGet() * 7919L % 100_003)
                + SENTENCE.repeat(sentences(tokens))
                + ENDING;
    }

    /** A question unlike all others, to follow a prompt. */
    String question() {
        return " Question " + serial.incrementAndGet() + ": what happened next?";
    }

    private int sentences(int tokens) {
        int room = Math.min(tokens, mostTokens) - frameTokens;
        int atMost = Math.max(0, (mostTokens - frameTokens) / sentenceTokens);
        return Math.clamp(Math.round((float) room / sentenceTokens), 0, atMost);
    }
}
