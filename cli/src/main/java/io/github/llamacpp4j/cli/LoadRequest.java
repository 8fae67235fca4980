package io.github.llamacpp4j.cli;

import org.jspecify.annotations.Nullable;

/**
 * One request of a benchmark: greedy, and as long as it says whatever the model would rather do.
 *
 * @param prompt the prompt, or the user's message where {@code thinking} is given
 * @param maxTokens how many tokens to generate
 * @param thinking null for a plain completion; otherwise a chat with thinking on or off
 * @param schema a JSON Schema, as JSON text, that a completion has to satisfy; null for free text
 */
record LoadRequest(
        String prompt,
        int maxTokens,
        @Nullable Boolean thinking,
        @Nullable String schema) {

    LoadRequest(String prompt, int maxTokens) {
        this(prompt, maxTokens, null, null);
    }

    LoadRequest(String prompt, int maxTokens, boolean thinking) {
        this(prompt, maxTokens, thinking, null);
    }

    LoadRequest(String prompt, int maxTokens, @Nullable String schema) {
        this(prompt, maxTokens, null, schema);
    }
}
