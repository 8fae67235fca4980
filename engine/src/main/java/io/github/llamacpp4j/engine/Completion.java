package io.github.llamacpp4j.engine;

import java.util.List;

/**
 * A whole generation.
 *
 * @param text the text without what stopped it
 * @param tokens the generated tokens, a final end-of-generation or stop token included
 * @param logprobs how likely the sampled tokens were, if the request asked
 * @param end why and how it ended
 */
public record Completion(String text, List<Integer> tokens, List<TokenLogprobs> logprobs, FinishedEvent end) {

    /** Copies the lists. */
    public Completion {
        tokens = List.copyOf(tokens);
        logprobs = List.copyOf(logprobs);
    }
}
