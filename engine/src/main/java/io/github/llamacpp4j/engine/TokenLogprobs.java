package io.github.llamacpp4j.engine;

import java.util.List;

/**
 * How likely a chosen token was, and what else was likely.
 *
 * @param chosen the chosen token
 * @param top the most likely tokens, most likely first, as many as the request asked for
 */
public record TokenLogprobs(TokenLogprob chosen, List<TokenLogprob> top) {

    /** Copies the list. */
    public TokenLogprobs {
        top = List.copyOf(top);
    }
}
