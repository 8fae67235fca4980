package io.github.llamacpp4j;

import static java.util.Objects.requireNonNull;

/**
 * A value and the answer that it was read from. Thread-safe if the value is.
 *
 * @param value the value
 * @param reply the whole answer, with usage and timings
 * @param <T> its type
 */
public record TypedReply<T>(T value, ChatReply reply) {

    /** Checks that nothing is missing. */
    public TypedReply {
        requireNonNull(value, "value");
        requireNonNull(reply, "reply");
    }
}
