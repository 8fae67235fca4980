package io.github.llamacpp4j.engine;

import java.util.Optional;

/**
 * One generated token. Its text may come with a later event: half of a code point and the beginning of a stop text are held
 * back.
 *
 * @param token the token
 * @param text the text that can be shown now
 * @param logprobs how likely it was, if the request asked; absent for tokens that the constraint forced
 */
public record TokenEvent(int token, String text, Optional<TokenLogprobs> logprobs) implements GenerationEvent {}
