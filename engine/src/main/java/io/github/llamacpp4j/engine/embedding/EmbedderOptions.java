package io.github.llamacpp4j.engine.embedding;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.FlashAttention;
import io.github.llamacpp4j.model.Pooling;

/** How texts are embedded. Immutable and thread-safe. */
public final class EmbedderOptions {

    /** For {@link Builder#maxTokens(int)}: as many as the model was trained for. */
    public static final int MODEL_MAX_TOKENS = 0;

    /** For {@link Builder#batchTokens(int)}: chosen by where the model is computed. */
    public static final int AUTOMATIC_BATCH_TOKENS = 0;

    /** For {@link Builder#contexts(int)}: chosen by the model and the processors. */
    public static final int AUTOMATIC_CONTEXTS = 0;

    /** For {@link Builder#threads(int)}: as many as the JVM may use processors. */
    public static final int AVAILABLE_PROCESSORS = 0;

    private static final EmbedderOptions DEFAULTS = new EmbedderOptions(new Builder());

    private final Pooling pooling;
    private final Normalization normalization;
    private final InstructionPrefixes prefixes;
    private final LongTextPolicy longTexts;
    private final int maxTokens;
    private final int batchTokens;
    private final int batchTexts;
    private final int contexts;
    private final int threads;
    private final FlashAttention flashAttention;
    private final int queueCapacity;

    private EmbedderOptions(Builder builder) {
        this.pooling = builder.pooling;
        this.normalization = builder.normalization;
        this.prefixes = builder.prefixes;
        this.longTexts = builder.longTexts;
        this.maxTokens = builder.maxTokens;
        this.batchTokens = builder.batchTokens;
        this.batchTexts = builder.batchTexts;
        this.contexts = builder.contexts;
        this.threads = builder.threads;
        this.flashAttention = builder.flashAttention;
        this.queueCapacity = builder.queueCapacity;
    }

    /** The defaults. */
    public static EmbedderOptions defaults() {
        return DEFAULTS;
    }

    /** The defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /** These options, to be changed. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.pooling = pooling;
        builder.normalization = normalization;
        builder.prefixes = prefixes;
        builder.longTexts = longTexts;
        builder.maxTokens = maxTokens;
        builder.batchTokens = batchTokens;
        builder.batchTexts = batchTexts;
        builder.contexts = contexts;
        builder.threads = threads;
        builder.flashAttention = flashAttention;
        builder.queueCapacity = queueCapacity;
        return builder;
    }

    /** See {@link Builder#pooling(Pooling)}. */
    public Pooling pooling() {
        return pooling;
    }

    /** See {@link Builder#normalization(Normalization)}. */
    public Normalization normalization() {
        return normalization;
    }

    /** See {@link Builder#prefixes(InstructionPrefixes)}. */
    public InstructionPrefixes prefixes() {
        return prefixes;
    }

    /** See {@link Builder#longTexts(LongTextPolicy)}. */
    public LongTextPolicy longTexts() {
        return longTexts;
    }

    /** See {@link Builder#maxTokens(int)}. */
    public int maxTokens() {
        return maxTokens;
    }

    /** See {@link Builder#batchTokens(int)}. */
    public int batchTokens() {
        return batchTokens;
    }

    /** See {@link Builder#batchTexts(int)}. */
    public int batchTexts() {
        return batchTexts;
    }

    /** See {@link Builder#contexts(int)}. */
    public int contexts() {
        return contexts;
    }

    /** See {@link Builder#threads(int)}. */
    public int threads() {
        return threads;
    }

    /** See {@link Builder#flashAttention(FlashAttention)}. */
    public FlashAttention flashAttention() {
        return flashAttention;
    }

    /** See {@link Builder#queueCapacity(int)}. */
    public int queueCapacity() {
        return queueCapacity;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {

        private static final int MAX_CONTEXTS = 64;
        private static final int MAX_TOKENS = 1 << 20;

        private Pooling pooling = Pooling.MODEL;
        private Normalization normalization = Normalization.l2();
        private InstructionPrefixes prefixes = InstructionPrefixes.NONE;
        private LongTextPolicy longTexts = LongTextPolicy.ERROR;
        private int maxTokens = MODEL_MAX_TOKENS;
        private int batchTokens = AUTOMATIC_BATCH_TOKENS;
        private int batchTexts = 64;
        private int contexts = AUTOMATIC_CONTEXTS;
        private int threads = AVAILABLE_PROCESSORS;
        private FlashAttention flashAttention = FlashAttention.AUTO;
        private int queueCapacity = 1024;

        private Builder() {}

        /**
         * How a text's tokens become one vector. Default {@link Pooling#MODEL}: as the file says, and the mean where it
         * says nothing. {@link Pooling#NONE} is for {@link Embedder#embedTokens(String)}; {@link Pooling#RANK} gives the
         * outputs of a classification head, never normalised.
         */
        public Builder pooling(Pooling pooling) {
            this.pooling = requireNonNull(pooling, "pooling");
            return this;
        }

        /** How vectors are scaled. Default {@link Normalization#l2()}. */
        public Builder normalization(Normalization normalization) {
            this.normalization = requireNonNull(normalization, "normalization");
            return this;
        }

        /** What stands before queries and documents. Default {@link InstructionPrefixes#NONE}. */
        public Builder prefixes(InstructionPrefixes prefixes) {
            this.prefixes = requireNonNull(prefixes, "prefixes");
            return this;
        }

        /** What happens to texts that are too long. Default {@link LongTextPolicy#ERROR}. */
        public Builder longTexts(LongTextPolicy longTexts) {
            this.longTexts = requireNonNull(longTexts, "longTexts");
            return this;
        }

        /**
         * How many tokens a text may have, special tokens included; never more than the model was trained for. Default
         * {@link #MODEL_MAX_TOKENS}. Memory for long texts is taken when the first one comes.
         */
        public Builder maxTokens(int maxTokens) {
            this.maxTokens = maxTokens;
            return this;
        }

        /**
         * How many tokens of several texts are computed at once, 1 to 2^20; a text with more is computed alone. Default
         * {@link #AUTOMATIC_BATCH_TOKENS}: 2048 on a GPU, and 256 on processors. On processors a text gets the same vector
         * whatever it is batched with. From 64 on, texts of 12 tokens and more are laid out in tiles of 64 tokens, which is
         * fastest for many texts; one alone then takes as long as one of 64 tokens. Below 64, it is faster alone, and many
         * take up to twice as long. Vectors of the two ways differ a little: by about 2e-4 in a single number with a 16-bit
         * model.
         */
        public Builder batchTokens(int batchTokens) {
            this.batchTokens = batchTokens;
            return this;
        }

        /** How many texts are computed at once, 1 to 256. Default 64. */
        public Builder batchTexts(int batchTexts) {
            this.batchTexts = batchTexts;
            return this;
        }

        /**
         * How many batches are computed side by side, 1 to 64, each in a context and on a thread of its own. Default
         * {@link #AUTOMATIC_CONTEXTS}: one for each of up to four threads with a model in main memory that was made for
         * embedding or ranking, otherwise one.
         */
        public Builder contexts(int contexts) {
            this.contexts = contexts;
            return this;
        }

        /** How many threads compute, in all contexts together. Default {@link #AVAILABLE_PROCESSORS}. */
        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        /**
         * When flash attention is used. Default {@link FlashAttention#AUTO}, which is faster and skips what belongs to other
         * texts. Without it every text is summed up beside the zeros of the others, and a vector depends a little on the
         * batch: single numbers differ by up to 1e-4 with a 16-bit model and by 3e-3 with one of 8 bits.
         */
        public Builder flashAttention(FlashAttention flashAttention) {
            this.flashAttention = requireNonNull(flashAttention, "flashAttention");
            return this;
        }

        /**
         * How many texts may wait, at least 1. Default 1024. A call that finds as many waiting is refused; one that has
         * begun waits for room.
         */
        public Builder queueCapacity(int queueCapacity) {
            this.queueCapacity = queueCapacity;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a number is out of range
         */
        public EmbedderOptions build() {
            require("maxTokens", maxTokens, MODEL_MAX_TOKENS, Integer.MAX_VALUE);
            require("batchTokens", batchTokens, AUTOMATIC_BATCH_TOKENS, MAX_TOKENS);
            require("batchTexts", batchTexts, 1, ContextOptions.MAX_SEQUENCES);
            require("contexts", contexts, AUTOMATIC_CONTEXTS, MAX_CONTEXTS);
            require("threads", threads, AVAILABLE_PROCESSORS, Integer.MAX_VALUE);
            require("queueCapacity", queueCapacity, 1, Integer.MAX_VALUE);
            return new EmbedderOptions(this);
        }

        private static void require(String name, int value, int smallest, int largest) {
            if (value < smallest || value > largest) {
                throw new IllegalArgumentException(
                        name + " goes from " + smallest + " to " + largest + ", found " + value);
            }
        }
    }
}
