package io.github.llamacpp4j.grammar;

/**
 * Upper bounds that keep any grammar, however hostile, from eating memory or time. Exceeding one is a
 * {@link GrammarException} of kind {@link GrammarException.Kind#LIMIT}.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class GrammarLimits {
    private static final GrammarLimits DEFAULTS = new Builder().build();

    private final int textLength;
    private final int rules;
    private final int depth;
    private final int repetition;
    private final int automatonStates;
    private final int parallelStacks;
    private final long cacheBytes;
    private final long stepsPerToken;
    private final long stepsPerRequest;

    private GrammarLimits(Builder builder) {
        textLength = positive("textLength", builder.textLength);
        rules = positive("rules", builder.rules);
        depth = positive("depth", builder.depth);
        repetition = positive("repetition", builder.repetition);
        automatonStates = positive("automatonStates", builder.automatonStates);
        parallelStacks = positive("parallelStacks", builder.parallelStacks);
        if (builder.cacheBytes < 1 << 20) {
            throw new IllegalArgumentException("cacheBytes must be at least 1 MiB, was " + builder.cacheBytes);
        }
        cacheBytes = builder.cacheBytes;
        stepsPerToken = positive("stepsPerToken", builder.stepsPerToken);
        stepsPerRequest = positive("stepsPerRequest", builder.stepsPerRequest);
    }

    private static int positive(String name, int value) {
        return (int) positive(name, (long) value);
    }

    private static long positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
        return value;
    }

    /** {@return the limits used when none are given} */
    public static GrammarLimits defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these limits} */
    public Builder toBuilder() {
        return new Builder()
                .textLength(textLength)
                .rules(rules)
                .depth(depth)
                .repetition(repetition)
                .automatonStates(automatonStates)
                .parallelStacks(parallelStacks)
                .cacheBytes(cacheBytes)
                .stepsPerToken(stepsPerToken)
                .stepsPerRequest(stepsPerRequest);
    }

    /** {@return the longest grammar text or pattern, in UTF-16 units; default 4 Mi} */
    public int textLength() {
        return textLength;
    }

    /** {@return the most rules; default 100,000} */
    public int rules() {
        return rules;
    }

    /** {@return the deepest nesting of groups or of schemas; default 10,000} */
    public int depth() {
        return depth;
    }

    /** {@return the largest bound of a repetition such as <code>{n}</code>; default 1,000,000} */
    public int repetition() {
        return repetition;
    }

    /** {@return the most states of the compiled automaton; default 2,000,000} */
    public int automatonStates() {
        return automatonStates;
    }

    /** {@return how many stack tops an ambiguous grammar may keep open at once; default 4,096} */
    public int parallelStacks() {
        return parallelStacks;
    }

    /** {@return the memory that memoised states and masks of one compiled grammar may use before they are dropped; default 64 MiB} */
    public long cacheBytes() {
        return cacheBytes;
    }

    /**
     * {@return how many steps of work one token of a {@link GrammarCursor} may take, its mask included; default 4,000,000}
     *
     * <p>A step is one look at a place where a parse stands or may go on, or eight looks at what the rules say of a byte there or
     * at what is remembered already. What another request has found out takes no more steps.
     */
    public long stepsPerToken() {
        return stepsPerToken;
    }

    /** {@return how many steps of work all tokens of a {@link GrammarCursor} may take together; default 1,000,000,000} */
    public long stepsPerRequest() {
        return stepsPerRequest;
    }

    /** Collects limits; not safe for use by several threads. */
    public static final class Builder {
        private int textLength = 4 << 20;
        private int rules = 100_000;
        private int depth = 10_000;
        private int repetition = 1_000_000;
        private int automatonStates = 2_000_000;
        private int parallelStacks = 4_096;
        private long cacheBytes = 64L << 20;
        private long stepsPerToken = 4_000_000;
        private long stepsPerRequest = 1_000_000_000;

        private Builder() {}

        /**
         * Sets the longest grammar text or pattern.
         *
         * @param value UTF-16 units
         * @return this builder
         */
        public Builder textLength(int value) {
            textLength = value;
            return this;
        }

        /**
         * Sets the most rules.
         *
         * @param value a positive number
         * @return this builder
         */
        public Builder rules(int value) {
            rules = value;
            return this;
        }

        /**
         * Sets the deepest nesting of groups or schemas.
         *
         * @param value a positive number
         * @return this builder
         */
        public Builder depth(int value) {
            depth = value;
            return this;
        }

        /**
         * Sets the largest bound of a repetition.
         *
         * @param value a positive number
         * @return this builder
         */
        public Builder repetition(int value) {
            repetition = value;
            return this;
        }

        /**
         * Sets the most states of the compiled automaton.
         *
         * @param value a positive number
         * @return this builder
         */
        public Builder automatonStates(int value) {
            automatonStates = value;
            return this;
        }

        /**
         * Sets how many stack tops an ambiguous grammar may keep open at once.
         *
         * @param value a positive number
         * @return this builder
         */
        public Builder parallelStacks(int value) {
            parallelStacks = value;
            return this;
        }

        /**
         * Sets the memory for memoised states and masks.
         *
         * @param value bytes, at least 1 MiB
         * @return this builder
         */
        public Builder cacheBytes(long value) {
            cacheBytes = value;
            return this;
        }

        /**
         * Sets how many steps of work one token may take.
         *
         * @param value a positive number
         * @return this builder
         */
        public Builder stepsPerToken(long value) {
            stepsPerToken = value;
            return this;
        }

        /**
         * Sets how many steps of work all tokens of one request may take together.
         *
         * @param value a positive number
         * @return this builder
         */
        public Builder stepsPerRequest(long value) {
            stepsPerRequest = value;
            return this;
        }

        /** {@return the limits} */
        public GrammarLimits build() {
            return new GrammarLimits(this);
        }
    }
}
