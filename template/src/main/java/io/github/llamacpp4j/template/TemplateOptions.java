package io.github.llamacpp4j.template;

import java.time.Duration;

/**
 * How much a template may take. The defaults fit any chat template, and let a hostile one waste seconds and some hundred
 * MB of heap at most.
 *
 * <p>Immutable and safe to share between threads.
 */
public final class TemplateOptions {
    private static final TemplateOptions DEFAULTS = new Builder().build();

    private final int maxSourceChars;
    private final int maxNesting;
    private final long maxSteps;
    private final int maxOutputChars;
    private final long maxAllocatedChars;
    private final int maxIntBits;
    private final int maxCallDepth;
    private final Duration maxTime;

    private TemplateOptions(Builder builder) {
        maxSourceChars = builder.maxSourceChars;
        maxNesting = builder.maxNesting;
        maxSteps = builder.maxSteps;
        maxOutputChars = builder.maxOutputChars;
        maxAllocatedChars = builder.maxAllocatedChars;
        maxIntBits = builder.maxIntBits;
        maxCallDepth = builder.maxCallDepth;
        maxTime = builder.maxTime;
    }

    /** The defaults. */
    public static TemplateOptions defaults() {
        return DEFAULTS;
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder()
                .maxSourceChars(maxSourceChars)
                .maxNesting(maxNesting)
                .maxSteps(maxSteps)
                .maxOutputChars(maxOutputChars)
                .maxAllocatedChars(maxAllocatedChars)
                .maxIntBits(maxIntBits)
                .maxCallDepth(maxCallDepth)
                .maxTime(maxTime);
    }

    /** Chars in the template's source; default 1,048,576. */
    public int maxSourceChars() {
        return maxSourceChars;
    }

    /** How deep statements and parentheses may nest, as far as the parsing thread's stack allows; default 200. */
    public int maxNesting() {
        return maxNesting;
    }

    /** Loop passes, calls and items visited in one rendering; default 20,000,000. */
    public long maxSteps() {
        return maxSteps;
    }

    /** Chars in the output, and in any one string on the way; also items in any one list; default 16,777,216. */
    public int maxOutputChars() {
        return maxOutputChars;
    }

    /** Chars of all strings and items of all lists made during one rendering; default 134,217,728. */
    public long maxAllocatedChars() {
        return maxAllocatedChars;
    }

    /** Bits in any one integer; default 262,144. */
    public int maxIntBits() {
        return maxIntBits;
    }

    /**
     * How deep calls of macros and recursive loops may nest, counted in nodes of the syntax tree so that it bounds the
     * Java stack; default 2,500. Passing it is a failure of kind {@code RUNTIME}, as in Python.
     */
    public int maxCallDepth() {
        return maxCallDepth;
    }

    /** Wall time of one rendering; default 10 seconds. */
    public Duration maxTime() {
        return maxTime;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private int maxSourceChars = 1 << 20;
        private int maxNesting = 200;
        private long maxSteps = 20_000_000;
        private int maxOutputChars = 1 << 24;
        private long maxAllocatedChars = 1 << 27;
        private int maxIntBits = 1 << 18;
        private int maxCallDepth = 2_500;
        private Duration maxTime = Duration.ofSeconds(10);

        private Builder() {}

        /** Sets {@link TemplateOptions#maxSourceChars()}. */
        public Builder maxSourceChars(int chars) {
            maxSourceChars = chars;
            return this;
        }

        /** Sets {@link TemplateOptions#maxNesting()}. */
        public Builder maxNesting(int levels) {
            maxNesting = levels;
            return this;
        }

        /** Sets {@link TemplateOptions#maxSteps()}. */
        public Builder maxSteps(long steps) {
            maxSteps = steps;
            return this;
        }

        /** Sets {@link TemplateOptions#maxOutputChars()}. */
        public Builder maxOutputChars(int chars) {
            maxOutputChars = chars;
            return this;
        }

        /** Sets {@link TemplateOptions#maxAllocatedChars()}. */
        public Builder maxAllocatedChars(long chars) {
            maxAllocatedChars = chars;
            return this;
        }

        /** Sets {@link TemplateOptions#maxIntBits()}. */
        public Builder maxIntBits(int bits) {
            maxIntBits = bits;
            return this;
        }

        /** Sets {@link TemplateOptions#maxCallDepth()}. */
        public Builder maxCallDepth(int nodes) {
            maxCallDepth = nodes;
            return this;
        }

        /** Sets {@link TemplateOptions#maxTime()}. */
        public Builder maxTime(Duration time) {
            maxTime = time;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a limit is not positive
         */
        public TemplateOptions build() {
            positive(maxSourceChars, "maxSourceChars");
            positive(maxNesting, "maxNesting");
            positive(maxSteps, "maxSteps");
            positive(maxOutputChars, "maxOutputChars");
            positive(maxAllocatedChars, "maxAllocatedChars");
            positive(maxIntBits, "maxIntBits");
            positive(maxCallDepth, "maxCallDepth");
            positive(maxTime.toNanos(), "maxTime");
            return new TemplateOptions(this);
        }

        private static void positive(long value, String name) {
            if (value <= 0) {
                throw new IllegalArgumentException(name + " must be positive, but is " + value);
            }
        }
    }
}
