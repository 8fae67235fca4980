package io.github.llamacpp4j.cli;

import org.jspecify.annotations.Nullable;

/**
 * One request of a benchmark: greedy, and as long as it says whatever the model would rather do.
 *
 * @param prompt the prompt, or the user's message where {@code thinking} is given
 * @param maxTokens how many tokens to generate
 * @param thinking null for a plain completion; otherwise a chat with thinking on or off
 */
record LoadRequest(String prompt, int maxTokens, @Nullable Boolean thinking) {

    LoadRequest(String prompt, int maxTokens) {
        this(prompt, maxTokens, null);
    }
}
