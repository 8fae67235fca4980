package io.github.llamacpp4j.chat;

import java.util.Objects;

/**
 * A token of a vocabulary that is matched as a whole in text. Immutable and safe for use by several threads.
 *
 * @param text the literal
 * @param id its id
 * @param kind how llama.cpp matches it
 * @param stripsLeft whether white space in front of it is dropped
 * @param stripsRight whether white space behind it is dropped
 */
public record VocabularyToken(String text, int id, Kind kind, boolean stripsLeft, boolean stripsRight) {
    /** How llama.cpp matches a token in text. */
    public enum Kind {
        /** Only where special tokens are parsed (attributes CONTROL and UNKNOWN). */
        CONTROL,
        /** Always, also where special tokens are not parsed (attribute USER_DEFINED). */
        USER_DEFINED
    }

    public VocabularyToken {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(kind, "kind");
    }
}
