package io.github.llamacpp4j.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a context computes and how much it remembers ({@code llama_context_params}). Immutable and thread-safe.
 *
 * <p>The defaults are llama.cpp's own, except that the context size is the model's and that the numbers of threads follow
 * the processors which the JVM may use.
 */
public final class ContextOptions {

    /** For {@link Builder#contextSize(int)}: the context that the model was trained with. */
    public static final int MODEL_CONTEXT_SIZE = 0;

    /** The most sequences that llama.cpp supports in one context. */
    public static final int MAX_SEQUENCES = 256;

    /** For the numbers of threads: as many as the JVM may use processors. */
    public static final int AVAILABLE_PROCESSORS = 0;

    private static final ContextOptions DEFAULTS = new ContextOptions(new Builder());

    private final int contextSize;
    private final int batchSize;
    private final int microBatchSize;
    private final int maxSequences;
    private final int recurrentSnapshots;
    private final int outputs;
    private final int threads;
    private final int batchThreads;
    private final ContextKind kind;
    private final RopeScaling ropeScaling;
    private final Pooling pooling;
    private final Attention attention;
    private final FlashAttention flashAttention;
    private final float ropeFrequencyBase;
    private final float ropeFrequencyScale;
    private final float yarnExtensionFactor;
    private final float yarnAttentionFactor;
    private final float yarnBetaFast;
    private final float yarnBetaSlow;
    private final int yarnOriginalContextSize;
    private final KvCacheType keyType;
    private final KvCacheType valueType;
    private final boolean embeddings;
    private final boolean offloadCache;
    private final boolean offloadOperations;
    private final boolean fullSlidingWindowCache;
    private final boolean unifiedCache;
    private final boolean performanceCounters;
    private final @Nullable TensorListener tensorListener;
    private final boolean microBatchSizeSet;

    private ContextOptions(Builder builder) {
        this.contextSize = builder.contextSize;
        this.batchSize = builder.batchSize;
        this.microBatchSize = builder.microBatchSize;
        this.maxSequences = builder.maxSequences;
        this.recurrentSnapshots = builder.recurrentSnapshots;
        this.outputs = builder.outputs;
        this.threads = builder.threads;
        this.batchThreads = builder.batchThreads;
        this.kind = builder.kind;
        this.ropeScaling = builder.ropeScaling;
        this.pooling = builder.pooling;
        this.attention = builder.attention;
        this.flashAttention = builder.flashAttention;
        this.ropeFrequencyBase = builder.ropeFrequencyBase;
        this.ropeFrequencyScale = builder.ropeFrequencyScale;
        this.yarnExtensionFactor = builder.yarnExtensionFactor;
        this.yarnAttentionFactor = builder.yarnAttentionFactor;
        this.yarnBetaFast = builder.yarnBetaFast;
        this.yarnBetaSlow = builder.yarnBetaSlow;
        this.yarnOriginalContextSize = builder.yarnOriginalContextSize;
        this.keyType = builder.keyType;
        this.valueType = builder.valueType;
        this.embeddings = builder.embeddings;
        this.offloadCache = builder.offloadCache;
        this.offloadOperations = builder.offloadOperations;
        this.fullSlidingWindowCache = builder.fullSlidingWindowCache;
        this.unifiedCache = builder.unifiedCache;
        this.performanceCounters = builder.performanceCounters;
        this.tensorListener = builder.tensorListener;
        this.microBatchSizeSet = builder.microBatchSizeSet;
    }

    /** The defaults. */
    public static ContextOptions defaults() {
        return DEFAULTS;
    }

    /** The defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /** These options, to be changed. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** See {@link Builder#contextSize(int)}. */
    public int contextSize() {
        return contextSize;
    }

    /** See {@link Builder#batchSize(int)}. */
    public int batchSize() {
        return batchSize;
    }

    /** See {@link Builder#microBatchSize(int)}. */
    public int microBatchSize() {
        return microBatchSize;
    }

    /** See {@link Builder#maxSequences(int)}. */
    public int maxSequences() {
        return maxSequences;
    }

    /** See {@link Builder#recurrentSnapshots(int)}. */
    public int recurrentSnapshots() {
        return recurrentSnapshots;
    }

    /** See {@link Builder#outputs(int)}. */
    public int outputs() {
        return outputs;
    }

    /** See {@link Builder#threads(int)}. */
    public int threads() {
        return threads;
    }

    /** See {@link Builder#batchThreads(int)}. */
    public int batchThreads() {
        return batchThreads;
    }

    /** See {@link Builder#kind(ContextKind)}. */
    public ContextKind kind() {
        return kind;
    }

    /** See {@link Builder#ropeScaling(RopeScaling)}. */
    public RopeScaling ropeScaling() {
        return ropeScaling;
    }

    /** See {@link Builder#pooling(Pooling)}. */
    public Pooling pooling() {
        return pooling;
    }

    /** See {@link Builder#attention(Attention)}. */
    public Attention attention() {
        return attention;
    }

    /** See {@link Builder#flashAttention(FlashAttention)}. */
    public FlashAttention flashAttention() {
        return flashAttention;
    }

    /** See {@link Builder#ropeFrequencyBase(float)}. */
    public float ropeFrequencyBase() {
        return ropeFrequencyBase;
    }

    /** See {@link Builder#ropeFrequencyScale(float)}. */
    public float ropeFrequencyScale() {
        return ropeFrequencyScale;
    }

    /** See {@link Builder#yarnExtensionFactor(float)}. */
    public float yarnExtensionFactor() {
        return yarnExtensionFactor;
    }

    /** See {@link Builder#yarnAttentionFactor(float)}. */
    public float yarnAttentionFactor() {
        return yarnAttentionFactor;
    }

    /** See {@link Builder#yarnBetaFast(float)}. */
    public float yarnBetaFast() {
        return yarnBetaFast;
    }

    /** See {@link Builder#yarnBetaSlow(float)}. */
    public float yarnBetaSlow() {
        return yarnBetaSlow;
    }

    /** See {@link Builder#yarnOriginalContextSize(int)}. */
    public int yarnOriginalContextSize() {
        return yarnOriginalContextSize;
    }

    /** See {@link Builder#keyType(KvCacheType)}. */
    public KvCacheType keyType() {
        return keyType;
    }

    /** See {@link Builder#valueType(KvCacheType)}. */
    public KvCacheType valueType() {
        return valueType;
    }

    /** See {@link Builder#embeddings(boolean)}. */
    public boolean embeddings() {
        return embeddings;
    }

    /** See {@link Builder#offloadCache(boolean)}. */
    public boolean offloadCache() {
        return offloadCache;
    }

    /** See {@link Builder#offloadOperations(boolean)}. */
    public boolean offloadOperations() {
        return offloadOperations;
    }

    /** See {@link Builder#fullSlidingWindowCache(boolean)}. */
    public boolean fullSlidingWindowCache() {
        return fullSlidingWindowCache;
    }

    /** See {@link Builder#unifiedCache(boolean)}. */
    public boolean unifiedCache() {
        return unifiedCache;
    }

    /** See {@link Builder#performanceCounters(boolean)}. */
    public boolean performanceCounters() {
        return performanceCounters;
    }

    /** See {@link Builder#tensorListener(TensorListener)}. */
    public Optional<TensorListener> tensorListener() {
        return Optional.ofNullable(tensorListener);
    }

    /** Whether the caller chose the micro-batch size, so that it must be kept. */
    boolean microBatchSizeSet() {
        return microBatchSizeSet;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {

        private static final int MAX_BATCH_SIZE = 1 << 20;
        private static final int MAX_RECURRENT_SNAPSHOTS = 64;

        private int contextSize = MODEL_CONTEXT_SIZE;
        private int batchSize = 2048;
        private int microBatchSize = 512;
        private int maxSequences = 1;
        private int recurrentSnapshots;
        private int outputs;
        private int threads = AVAILABLE_PROCESSORS;
        private int batchThreads = AVAILABLE_PROCESSORS;
        private ContextKind kind = ContextKind.DEFAULT;
        private RopeScaling ropeScaling = RopeScaling.MODEL;
        private Pooling pooling = Pooling.MODEL;
        private Attention attention = Attention.MODEL;
        private FlashAttention flashAttention = FlashAttention.AUTO;
        private float ropeFrequencyBase;
        private float ropeFrequencyScale;
        private float yarnExtensionFactor = -1;
        private float yarnAttentionFactor = -1;
        private float yarnBetaFast = -1;
        private float yarnBetaSlow = -1;
        private int yarnOriginalContextSize;
        private KvCacheType keyType = KvCacheType.F16;
        private KvCacheType valueType = KvCacheType.F16;
        private boolean embeddings;
        private boolean offloadCache = true;
        private boolean offloadOperations = true;
        private boolean fullSlidingWindowCache = true;
        private boolean unifiedCache;
        private boolean performanceCounters;
        private @Nullable TensorListener tensorListener;
        private boolean microBatchSizeSet;

        private Builder() {}

        private Builder(ContextOptions options) {
            this.contextSize = options.contextSize;
            this.batchSize = options.batchSize;
            this.microBatchSize = options.microBatchSize;
            this.maxSequences = options.maxSequences;
            this.recurrentSnapshots = options.recurrentSnapshots;
            this.outputs = options.outputs;
            this.threads = options.threads;
            this.batchThreads = options.batchThreads;
            this.kind = options.kind;
            this.ropeScaling = options.ropeScaling;
            this.pooling = options.pooling;
            this.attention = options.attention;
            this.flashAttention = options.flashAttention;
            this.ropeFrequencyBase = options.ropeFrequencyBase;
            this.ropeFrequencyScale = options.ropeFrequencyScale;
            this.yarnExtensionFactor = options.yarnExtensionFactor;
            this.yarnAttentionFactor = options.yarnAttentionFactor;
            this.yarnBetaFast = options.yarnBetaFast;
            this.yarnBetaSlow = options.yarnBetaSlow;
            this.yarnOriginalContextSize = options.yarnOriginalContextSize;
            this.keyType = options.keyType;
            this.valueType = options.valueType;
            this.embeddings = options.embeddings;
            this.offloadCache = options.offloadCache;
            this.offloadOperations = options.offloadOperations;
            this.fullSlidingWindowCache = options.fullSlidingWindowCache;
            this.unifiedCache = options.unifiedCache;
            this.performanceCounters = options.performanceCounters;
            this.tensorListener = options.tensorListener;
            this.microBatchSizeSet = options.microBatchSizeSet;
        }

        /**
         * Positions that the memory holds, for all sequences together ({@code n_ctx}). Default {@link #MODEL_CONTEXT_SIZE}:
         * what the model was trained with. llama.cpp rounds up; {@link Context#contextSize()} tells the outcome.
         */
        public Builder contextSize(int contextSize) {
            this.contextSize = contextSize;
            return this;
        }

        /** Most tokens that one native call takes ({@code n_batch}); longer input is split. Default 2048. */
        public Builder batchSize(int batchSize) {
            this.batchSize = batchSize;
            return this;
        }

        /**
         * Most tokens that are computed at once ({@code n_ubatch}), at most {@link #batchSize(int)}. Default 512. Contexts that
         * pool or attend in both directions need all tokens of a batch in one, so the default there is the batch size.
         */
        public Builder microBatchSize(int microBatchSize) {
            this.microBatchSize = microBatchSize;
            this.microBatchSizeSet = true;
            return this;
        }

        /** How many sequences may live in the context ({@code n_seq_max}), 1 to 256. Default 1. */
        public Builder maxSequences(int maxSequences) {
            this.maxSequences = maxSequences;
            return this;
        }

        /** Snapshots per sequence by which a recurrent model can step back ({@code n_rs_seq}), 0 to 64. Default 0. */
        public Builder recurrentSnapshots(int recurrentSnapshots) {
            this.recurrentSnapshots = recurrentSnapshots;
            return this;
        }

        /** Most tokens of a batch for which logits are computed ({@code n_outputs_max}); 0 means all. Default 0. */
        public Builder outputs(int outputs) {
            this.outputs = outputs;
            return this;
        }

        /**
         * Threads that compute one token ({@code n_threads}). Default and upper limit: the processors that this JVM may use.
         */
        public Builder threads(int threads) {
            this.threads = threads;
            return this;
        }

        /**
         * Threads that compute many tokens ({@code n_threads_batch}). Default and upper limit: the processors that this JVM
         * may use.
         */
        public Builder batchThreads(int batchThreads) {
            this.batchThreads = batchThreads;
            return this;
        }

        /** What is computed ({@code ctx_type}). Default {@link ContextKind#DEFAULT}. */
        public Builder kind(ContextKind kind) {
            this.kind = requireNonNull(kind, "kind");
            return this;
        }

        /** How positions are scaled ({@code rope_scaling_type}). Default {@link RopeScaling#MODEL}. */
        public Builder ropeScaling(RopeScaling ropeScaling) {
            this.ropeScaling = requireNonNull(ropeScaling, "ropeScaling");
            return this;
        }

        /** How embeddings are pooled ({@code pooling_type}). Default {@link Pooling#MODEL}. */
        public Builder pooling(Pooling pooling) {
            this.pooling = requireNonNull(pooling, "pooling");
            return this;
        }

        /** What tokens attend to ({@code attention_type}). Default {@link Attention#MODEL}. */
        public Builder attention(Attention attention) {
            this.attention = requireNonNull(attention, "attention");
            return this;
        }

        /** When flash attention is used ({@code flash_attn_type}). Default {@link FlashAttention#AUTO}. */
        public Builder flashAttention(FlashAttention flashAttention) {
            this.flashAttention = requireNonNull(flashAttention, "flashAttention");
            return this;
        }

        /** RoPE's base frequency ({@code rope_freq_base}); 0, the default, means the model's. */
        public Builder ropeFrequencyBase(float ropeFrequencyBase) {
            this.ropeFrequencyBase = ropeFrequencyBase;
            return this;
        }

        /** RoPE's frequency scale ({@code rope_freq_scale}); 0, the default, means the model's. */
        public Builder ropeFrequencyScale(float ropeFrequencyScale) {
            this.ropeFrequencyScale = ropeFrequencyScale;
            return this;
        }

        /** YaRN's extrapolation mix ({@code yarn_ext_factor}); negative, the default, means the model's. */
        public Builder yarnExtensionFactor(float yarnExtensionFactor) {
            this.yarnExtensionFactor = yarnExtensionFactor;
            return this;
        }

        /** YaRN's magnitude scale ({@code yarn_attn_factor}); negative, the default, means the model's. */
        public Builder yarnAttentionFactor(float yarnAttentionFactor) {
            this.yarnAttentionFactor = yarnAttentionFactor;
            return this;
        }

        /** YaRN's low correction dimension ({@code yarn_beta_fast}); negative, the default, means the model's. */
        public Builder yarnBetaFast(float yarnBetaFast) {
            this.yarnBetaFast = yarnBetaFast;
            return this;
        }

        /** YaRN's high correction dimension ({@code yarn_beta_slow}); negative, the default, means the model's. */
        public Builder yarnBetaSlow(float yarnBetaSlow) {
            this.yarnBetaSlow = yarnBetaSlow;
            return this;
        }

        /** The context size before YaRN stretched it ({@code yarn_orig_ctx}); 0, the default, means the model's. */
        public Builder yarnOriginalContextSize(int yarnOriginalContextSize) {
            this.yarnOriginalContextSize = yarnOriginalContextSize;
            return this;
        }

        /** The format of the key cache ({@code type_k}). Default {@link KvCacheType#F16}. */
        public Builder keyType(KvCacheType keyType) {
            this.keyType = requireNonNull(keyType, "keyType");
            return this;
        }

        /**
         * The format of the value cache ({@code type_v}); a quantized one needs flash attention. Default {@link KvCacheType#F16}.
         */
        public Builder valueType(KvCacheType valueType) {
            this.valueType = requireNonNull(valueType, "valueType");
            return this;
        }

        /**
         * Whether embeddings are computed beside logits, for every token ({@code embeddings}). Default {@code false}.
         */
        public Builder embeddings(boolean embeddings) {
            this.embeddings = embeddings;
            return this;
        }

        /** Whether the key and value caches are kept on the devices ({@code offload_kqv}). Default {@code true}. */
        public Builder offloadCache(boolean offloadCache) {
            this.offloadCache = offloadCache;
            return this;
        }

        /** Whether devices help with tensors that stay in main memory ({@code op_offload}). Default {@code true}. */
        public Builder offloadOperations(boolean offloadOperations) {
            this.offloadOperations = offloadOperations;
            return this;
        }

        /**
         * Whether layers with a sliding window keep the full context, which allows to step back ({@code swa_full}).
         * Default {@code true}.
         */
        public Builder fullSlidingWindowCache(boolean fullSlidingWindowCache) {
            this.fullSlidingWindowCache = fullSlidingWindowCache;
            return this;
        }

        /**
         * Whether all sequences share one cache, which lets them share prefixes ({@code kv_unified}). If not, each has an equal
         * part of the context. Default {@code false}.
         */
        public Builder unifiedCache(boolean unifiedCache) {
            this.unifiedCache = unifiedCache;
            return this;
        }

        /**
         * Whether times are measured ({@code no_perf}, negated), see {@link Context#performance()}. Default {@code false}.
         */
        public Builder performanceCounters(boolean performanceCounters) {
            this.performanceCounters = performanceCounters;
            return this;
        }

        /** Who looks at what is computed ({@code cb_eval}), which slows it down. Default: nobody. */
        public Builder tensorListener(TensorListener listener) {
            this.tensorListener = requireNonNull(listener, "listener");
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if one of them is out of its range
         */
        public ContextOptions build() {
            requireRange("contextSize", contextSize, MODEL_CONTEXT_SIZE, Integer.MAX_VALUE);
            requireRange("batchSize", batchSize, 1, MAX_BATCH_SIZE);
            requireRange("microBatchSize", microBatchSize, 1, MAX_BATCH_SIZE);
            if (microBatchSizeSet && microBatchSize > batchSize) {
                throw new IllegalArgumentException(
                        "microBatchSize " + microBatchSize + " must not exceed batchSize " + batchSize);
            }
            requireRange("maxSequences", maxSequences, 1, MAX_SEQUENCES);
            if (maxSequences > batchSize) {
                throw new IllegalArgumentException("batchSize " + batchSize + " must be at least maxSequences "
                        + maxSequences + ": one token for each sequence must fit");
            }
            requireRange("recurrentSnapshots", recurrentSnapshots, 0, MAX_RECURRENT_SNAPSHOTS);
            if (recurrentSnapshots > 0 && microBatchSize <= recurrentSnapshots + 1) {
                throw new IllegalArgumentException("microBatchSize " + microBatchSize
                        + " must be larger than recurrentSnapshots " + recurrentSnapshots + " plus 1");
            }
            requireRange("outputs", outputs, 0, MAX_BATCH_SIZE);
            if (outputs != 0 && outputs < maxSequences) {
                throw new IllegalArgumentException("outputs " + outputs + " must be 0 or at least maxSequences "
                        + maxSequences + ": one for each sequence");
            }
            requireRange("threads", threads, AVAILABLE_PROCESSORS, Integer.MAX_VALUE);
            requireRange("batchThreads", batchThreads, AVAILABLE_PROCESSORS, Integer.MAX_VALUE);
            requireRange("yarnOriginalContextSize", yarnOriginalContextSize, 0, Integer.MAX_VALUE);
            requireNotNegative("ropeFrequencyBase", ropeFrequencyBase);
            requireNotNegative("ropeFrequencyScale", ropeFrequencyScale);
            requireFinite("yarnExtensionFactor", yarnExtensionFactor);
            requireFinite("yarnAttentionFactor", yarnAttentionFactor);
            requireFinite("yarnBetaFast", yarnBetaFast);
            requireFinite("yarnBetaSlow", yarnBetaSlow);
            if (valueType.quantized() && flashAttention == FlashAttention.DISABLED) {
                throw new IllegalArgumentException("valueType " + valueType
                        + " is quantized and needs flash attention: choose FlashAttention.AUTO or ENABLED");
            }
            return new ContextOptions(this);
        }

        private static void requireRange(String name, int value, int smallest, int largest) {
            if (value < smallest || value > largest) {
                throw new IllegalArgumentException(
                        name + " must be from " + smallest + " to " + largest + ", found " + value);
            }
        }

        private static void requireFinite(String name, float value) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(name + " must be finite, found " + value);
            }
        }

        private static void requireNotNegative(String name, float value) {
            if (!Float.isFinite(value) || value < 0) {
                throw new IllegalArgumentException(name + " must be finite and not negative, found " + value);
            }
        }
    }
}
