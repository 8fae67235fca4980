package io.github.llamacpp4j.grammar;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * When a lazy grammar takes hold: the text is free until a marker text or a trigger token appears.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class LazyTrigger {
    private final List<String> markers;
    private final Set<Integer> tokens;
    private final boolean repeated;
    private final boolean required;

    private LazyTrigger(Builder builder) {
        markers = List.copyOf(builder.markers);
        tokens = Set.copyOf(builder.tokens);
        repeated = builder.repeated;
        required = builder.required;
        if (markers.isEmpty() && tokens.isEmpty()) {
            throw new IllegalArgumentException("a trigger needs at least one marker or token");
        }
        if (markers.contains("")) {
            throw new IllegalArgumentException("a marker must not be empty");
        }
    }

    /** {@return a builder without markers and tokens} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from this trigger} */
    public Builder toBuilder() {
        Builder builder = new Builder().repeated(repeated).required(required);
        markers.forEach(builder::marker);
        tokens.forEach(builder::token);
        return builder;
    }

    /**
     * Gives the part of markup that can be one trigger: its first control token, or the text before it.
     *
     * @param markup text and spelled-out control tokens
     * @param vocabulary where control tokens are looked up
     * @return the beginning of the markup
     */
    public static String leadingPiece(String markup, TokenVocabulary vocabulary) {
        List<MarkupPiece> pieces = MarkupPiece.split(markup, vocabulary);
        if (pieces.isEmpty()) {
            return "";
        }
        return switch (pieces.getFirst()) {
            case MarkupPiece.Control control -> vocabulary.spelling(control.id());
            case MarkupPiece.Text text -> text.text();
        };
    }

    /** {@return the texts after which the grammar begins} */
    public List<String> markers() {
        return markers;
    }

    /** {@return the ids of the tokens after which the grammar begins} */
    public Set<Integer> tokens() {
        return tokens;
    }

    /** {@return whether free text may follow the constrained part, up to the next marker; default false} */
    public boolean repeated() {
        return repeated;
    }

    /** {@return whether a marker must come; default false: free text alone is complete too} */
    public boolean required() {
        return required;
    }

    /** Collects markers; not safe for use by several threads. */
    public static final class Builder {
        private final List<String> markers = new ArrayList<>();
        private final Set<Integer> tokens = new LinkedHashSet<>();
        private boolean repeated;
        private boolean required;

        private Builder() {}

        /**
         * Adds a text after which the grammar begins.
         *
         * @param text the marker, which may stand inside or across tokens
         * @return this builder
         */
        public Builder marker(String text) {
            markers.add(text);
            return this;
        }

        /**
         * Adds a token after which the grammar begins.
         *
         * @param id the id of the token
         * @return this builder
         */
        public Builder token(int id) {
            tokens.add(id);
            return this;
        }

        /**
         * Adds markup after which the grammar begins: the token if it is a control token of the vocabulary, else the text.
         *
         * @param markup one control token's spelling, or a text without any
         * @param vocabulary where control tokens are looked up
         * @return this builder
         * @throws IllegalArgumentException if control tokens and text are mixed
         */
        public Builder markup(String markup, TokenVocabulary vocabulary) {
            List<MarkupPiece> pieces = MarkupPiece.split(markup, vocabulary);
            if (pieces.size() != 1) {
                throw new IllegalArgumentException(
                        "a marker is one control token or a text without any, found " + markup);
            }
            return switch (pieces.getFirst()) {
                case MarkupPiece.Control control -> token(control.id());
                case MarkupPiece.Text text -> marker(text.text());
            };
        }

        /**
         * Sets whether a marker must come.
         *
         * @param value whether free text alone is not complete
         * @return this builder
         */
        public Builder required(boolean value) {
            required = value;
            return this;
        }

        /**
         * Sets whether free text may follow the constrained part.
         *
         * @param value whether to go back to free text
         * @return this builder
         */
        public Builder repeated(boolean value) {
            repeated = value;
            return this;
        }

        /** {@return the trigger} */
        public LazyTrigger build() {
            return new LazyTrigger(this);
        }
    }
}
