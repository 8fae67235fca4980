package io.github.llamacpp4j.grammar;

import java.util.Objects;

/**
 * How a JSON Schema becomes a grammar.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class SchemaOptions {
    private static final SchemaOptions DEFAULTS = new Builder().build();

    private final Draft draft;
    private final Whitespace whitespace;
    private final boolean validateAfterwards;
    private final GrammarLimits limits;

    /** A version of JSON Schema. */
    public enum Draft {
        /** What {@code $schema} says, else 2020-12. */
        DETECT,
        /** Draft 2020-12. */
        DRAFT_2020_12,
        /** Draft 7. */
        DRAFT_7
    }

    /** The white space that may stand between the tokens of the JSON text. */
    public enum Whitespace {
        /** None. */
        COMPACT,
        /** One space after each comma and colon. */
        SINGLE_SPACE,
        /** One space or none after each comma and colon. */
        OPTIONAL_SPACE,
        /** At each place nothing, one space, or a line break with at most 20 spaces or tabs. */
        FREE
    }

    private SchemaOptions(Builder builder) {
        draft = builder.draft;
        whitespace = builder.whitespace;
        validateAfterwards = builder.validateAfterwards;
        limits = builder.limits;
    }

    /** {@return the options used when none are given} */
    public static SchemaOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder()
                .draft(draft)
                .whitespace(whitespace)
                .validateAfterwards(validateAfterwards)
                .limits(limits);
    }

    /** {@return the version of JSON Schema; default {@link Draft#DETECT}} */
    public Draft draft() {
        return draft;
    }

    /**
     * {@return the white space; default {@link Whitespace#SINGLE_SPACE}, under which a model need not be asked about anything but the
     * values}
     */
    public Whitespace whitespace() {
        return whitespace;
    }

    /**
     * {@return whether what cannot be enforced is left out and reported in {@link SchemaGrammar#unenforced()}, for the
     * caller to validate the finished text; default false: it is refused}
     */
    public boolean validateAfterwards() {
        return validateAfterwards;
    }

    /** {@return upper bounds; default {@link GrammarLimits#defaults()}} */
    public GrammarLimits limits() {
        return limits;
    }

    /** Collects options; not safe for use by several threads. */
    public static final class Builder {
        private Draft draft = Draft.DETECT;
        private Whitespace whitespace = Whitespace.SINGLE_SPACE;
        private boolean validateAfterwards;
        private GrammarLimits limits = GrammarLimits.defaults();

        private Builder() {}

        /**
         * Sets the version of JSON Schema.
         *
         * @param value the version
         * @return this builder
         */
        public Builder draft(Draft value) {
            draft = Objects.requireNonNull(value, "draft");
            return this;
        }

        /**
         * Sets the white space that may be written.
         *
         * @param value the policy
         * @return this builder
         */
        public Builder whitespace(Whitespace value) {
            whitespace = Objects.requireNonNull(value, "whitespace");
            return this;
        }

        /**
         * Sets whether what cannot be enforced is left out and reported rather than refused.
         *
         * @param value whether the caller validates afterwards
         * @return this builder
         */
        public Builder validateAfterwards(boolean value) {
            validateAfterwards = value;
            return this;
        }

        /**
         * Sets the upper bounds.
         *
         * @param value the limits
         * @return this builder
         */
        public Builder limits(GrammarLimits value) {
            limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /** {@return the options} */
        public SchemaOptions build() {
            return new SchemaOptions(this);
        }
    }
}
