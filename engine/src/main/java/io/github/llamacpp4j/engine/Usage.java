package io.github.llamacpp4j.engine;

/**
 * What a request used.
 *
 * @param promptTokens the length of the prompt
 * @param cachedTokens how many tokens of the prompt were in the memory already
 * @param generatedTokens how many tokens were generated, a final end-of-generation token included
 * @param forcedTokens how many of those came from the constraint without asking the model
 * @param draftedTokens how many tokens were guessed for speculative decoding
 * @param acceptedDraftTokens how many of the guesses were right
 */
public record Usage(
        int promptTokens,
        int cachedTokens,
        int generatedTokens,
        int forcedTokens,
        int draftedTokens,
        int acceptedDraftTokens) {}
