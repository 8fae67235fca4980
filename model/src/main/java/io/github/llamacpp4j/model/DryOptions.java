package io.github.llamacpp4j.model;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Settings of the DRY sampler, which penalises tokens that would continue a repetition, the more the longer it is already.
 * Immutable and thread-safe.
 *
 * @param multiplier strength, 0 or more; 0 switches it off
 * @param base how fast the penalty grows with the length, 1 or more
 * @param allowedLength how many tokens may repeat without penalty, 1 or more
 * @param lastTokens how many tokens back repetitions are looked for, 0 to {@value #MAX_LAST_TOKENS}; 0 switches it off
 * @param breakers texts that end a repetition, such as a line feed; at most {@value #MAX_BREAKERS} of 1 to
 *     {@value #MAX_BREAKER_BYTES} UTF-8 bytes
 */
public record DryOptions(float multiplier, float base, int allowedLength, int lastTokens, List<String> breakers) {

    /** The longest history. */
    public static final int MAX_LAST_TOKENS = 1 << 20;

    /** The most breakers. */
    public static final int MAX_BREAKERS = 32;

    /** The longest breaker. */
    public static final int MAX_BREAKER_BYTES = 40;

    /** Checks the ranges and copies the list. */
    public DryOptions {
        breakers = List.copyOf(breakers);
        if (!Float.isFinite(multiplier) || multiplier < 0) {
            throw new IllegalArgumentException("multiplier must be finite and not negative, found " + multiplier);
        }
        if (!Float.isFinite(base) || base < 1) {
            throw new IllegalArgumentException("base must be finite and at least 1, found " + base);
        }
        if (allowedLength < 1) {
            throw new IllegalArgumentException("allowedLength must be at least 1, found " + allowedLength);
        }
        if (lastTokens < 0 || lastTokens > MAX_LAST_TOKENS) {
            throw new IllegalArgumentException(
                    "lastTokens must be from 0 to " + MAX_LAST_TOKENS + ", found " + lastTokens);
        }
        if (breakers.size() > MAX_BREAKERS) {
            throw new IllegalArgumentException(
                    "at most " + MAX_BREAKERS + " breakers are possible, found " + breakers.size());
        }
        for (String breaker : breakers) {
            int bytes = breaker.getBytes(StandardCharsets.UTF_8).length;
            if (bytes < 1 || bytes > MAX_BREAKER_BYTES || breaker.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a breaker has 1 to " + MAX_BREAKER_BYTES
                        + " UTF-8 bytes without U+0000, found " + bytes + " in \"" + breaker + "\"");
            }
        }
    }
}
