package io.github.llamacpp4j.engine;

/**
 * An amount added to one token's logit before anything else looks at it.
 *
 * @param token the token
 * @param bias the amount; negative infinity excludes the token
 */
public record LogitBias(int token, float bias) {

    /** Checks that the token is not negative and the bias a number below positive infinity. */
    public LogitBias {
        if (token < 0) {
            throw new IllegalArgumentException("logit bias: expected a token id of 0 or more, got " + token);
        }
        if (Float.isNaN(bias) || bias == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "logit bias of token " + token + ": expected a number below infinity, got " + bias);
        }
    }
}
