package io.github.llamacpp4j.chat;

import java.util.Objects;

/** A piece of a prompt on its way to tokens. Immutable and safe for use by several threads. */
public sealed interface PromptSegment {

    /** A control token that the template wrote. */
    record Token(int id, String text) implements PromptSegment {
        public Token {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * Text to be tokenized in one piece, without parsing special tokens.
     *
     * @param continuation whether it goes on in the middle of a text, so that no space may be put in front of it
     */
    record Text(String text, boolean continuation) implements PromptSegment {
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }
}
