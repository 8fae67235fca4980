package io.github.llamacpp4j.grammar;

import java.util.Objects;

/** One step of a text that is checked against a grammar. Immutable and safe for use by several threads. */
public sealed interface MatchInput {
    /**
     * A piece of text that stands for a token of its own with no special meaning.
     *
     * @param text the text
     */
    record Text(String text) implements MatchInput {
        /** Checks that there is a text. */
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * A token of the vocabulary.
     *
     * @param id its id
     */
    record Token(int id) implements MatchInput {}
}
