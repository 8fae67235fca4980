package io.github.llamacpp4j.model;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Puts the tensors whose names match a pattern on one device ({@code llama_model_tensor_buft_override}), for example
 * the experts of a mixture model on the processor. Immutable and thread-safe.
 *
 * @param pattern a regular expression of ECMAScript's kind that is searched for in tensor names, at most
 *     {@value #MAX_PATTERN_LENGTH} characters
 * @param device the device on which they are kept
 */
public record TensorPlacement(String pattern, Device device) {

    /** The longest pattern, in characters. */
    public static final int MAX_PATTERN_LENGTH = 256;

    /** Checks the pattern. */
    public TensorPlacement {
        requireNonNull(device, "device");
        if (requireNonNull(pattern, "pattern").isEmpty()
                || pattern.length() > MAX_PATTERN_LENGTH
                || pattern.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a tensor pattern must have 1 to " + MAX_PATTERN_LENGTH
                    + " characters without U+0000, found " + pattern.length());
        }
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException malformed) {
            throw new IllegalArgumentException("not a regular expression: " + malformed.getMessage(), malformed);
        }
    }
}
