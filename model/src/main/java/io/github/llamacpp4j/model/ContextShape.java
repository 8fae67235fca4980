package io.github.llamacpp4j.model;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;

/**
 * How large a context becomes, worked out before llama.cpp allocates anything: a cache that cannot fit makes it write
 * zeros for minutes or brings the machine down.
 *
 * @param contextSize positions, rounded up as llama.cpp does
 * @param microBatchSize tokens computed at once
 * @param estimatedBytes memory for caches and the largest intermediate results, an estimate
 */
record ContextShape(int contextSize, int microBatchSize, long estimatedBytes) {

    /** Architectures that llama.cpp runs without a cache, all tokens of a batch at once ({@code create_memory}). */
    private static final Set<String> WITHOUT_MEMORY = Set.of(
            "bert",
            "jina-bert-v2",
            "jina-bert-v3",
            "nomic-bert",
            "nomic-bert-moe",
            "neo-bert",
            "eurobert",
            "modern-bert",
            "gemma-embedding",
            "dream",
            "llada",
            "llada-moe",
            "rnd1",
            "wavtokenizer-dec");

    private static final long CELL_BOOKKEEPING_BYTES = 48;
    private static final long SMALL_BYTES = 256L << 20;

    /** Layers may see a window only, or be recurrent; then the plain formula gives several times too much. */
    private static final int LENIENCY = 4;

    static ContextShape of(ModelFile file, ModelInfo info, int vocabularySize, ContextOptions options) {
        int wanted = options.contextSize() == ContextOptions.MODEL_CONTEXT_SIZE
                ? info.trainedContextSize()
                : options.contextSize();
        if (wanted <= 0) {
            throw new IllegalArgumentException(
                    "the model does not say for how many positions it was trained: set contextSize");
        }
        long contextSize = ContextParameters.roundedContextSize(wanted);
        int microBatchSize = options.microBatchSizeSet() || !needsWholeBatches(info, options)
                ? Math.min(options.microBatchSize(), options.batchSize())
                : options.batchSize();
        if (options.embeddings()) {
            requirePoolable((int) Math.min(contextSize, microBatchSize), options.maxSequences(), options.pooling());
        }
        long bytes = cacheBytes(file, info, options, contextSize)
                + computeBytes(info, vocabularySize, options, contextSize, microBatchSize);
        if (contextSize > Integer.MAX_VALUE || (bytes > SMALL_BYTES && bytes > availableBytes())) {
            throw new ContextCreationException(
                    "a context of " + contextSize + " positions for " + options.maxSequences()
                            + " sequences needs about "
                            + mebibytes(bytes) + " MiB, the devices have " + mebibytes(availableBytes())
                            + " MiB in all; choose a smaller contextSize, batchSize or a quantized keyType and valueType",
                    List.of());
        }
        return new ContextShape((int) contextSize, microBatchSize, bytes);
    }

    /**
     * Refuses what makes {@code graph_reserve} round the tokens up but not the outputs, so that the mean cannot be
     * computed and llama.cpp asserts {@code ggml_can_mul_mat}.
     */
    static void requirePoolable(int batchTokens, int maxSequences, Pooling pooling) {
        if (pooling != Pooling.NONE && batchTokens % maxSequences != 0) {
            throw new IllegalArgumentException(
                    "embeddings of several sequences need a batch size that is a multiple of"
                            + " maxSequences, found " + batchTokens + " tokens for " + maxSequences
                            + " sequences; set batchSize, microBatchSize and contextSize to a multiple, or another maxSequences");
        }
    }

    private static boolean needsWholeBatches(ModelInfo info, ContextOptions options) {
        return WITHOUT_MEMORY.contains(info.architecture())
                || info.hasEncoder()
                || !causal(info, options)
                || (options.embeddings() && options.pooling() != Pooling.NONE);
    }

    /** Whether tokens attend to earlier ones only, as far as metadata and options tell. */
    static boolean causal(ModelInfo info, ContextOptions options) {
        return switch (options.attention()) {
            case CAUSAL -> true;
            case NON_CAUSAL -> false;
            case MODEL -> !"false".equals(info.metadata().get(info.architecture() + ".attention.causal"));
        };
    }

    private static long cacheBytes(ModelFile file, ModelInfo info, ContextOptions options, long contextSize) {
        if (info.recurrent() || WITHOUT_MEMORY.contains(info.architecture())) {
            return 0;
        }
        int headSize = info.embeddingSize() / Math.max(1, info.heads());
        long keySize = file.setting("attention.key_length", headSize);
        long valueSize = file.setting("attention.value_length", headSize);
        long heads = file.sumOverLayers("attention.head_count_kv", info.layers(), info.keyValueHeads());
        double perPosition = heads
                * (keySize * options.keyType().bytesPerValue()
                        + valueSize * options.valueType().bytesPerValue());
        boolean sparse = info.hybrid() || info.slidingWindow() > 0;
        return (long) (contextSize * (perPosition / (sparse ? LENIENCY : 1) + CELL_BOOKKEEPING_BYTES));
    }

    /** Logits of a micro-batch, its attention mask, and a few activations. */
    private static long computeBytes(
            ModelInfo info, int vocabularySize, ContextOptions options, long contextSize, int microBatchSize) {
        long outputs = options.outputs() == 0 ? microBatchSize : Math.min(options.outputs(), microBatchSize);
        long logits = outputs * vocabularySize * Float.BYTES;
        long mask = microBatchSize * contextSize * Float.BYTES;
        long activations = 8L * microBatchSize * info.embeddingSize() * Float.BYTES;
        return logits + mask + activations;
    }

    /** All memory of all devices; the part of this process is what a container allows it. */
    private static long availableBytes() {
        long devices = Backends.devices().stream()
                .filter(device -> device.type() == DeviceType.GPU)
                .mapToLong(Device::totalMemoryBytes)
                .sum();
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return devices + system.getTotalMemorySize();
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }
}
