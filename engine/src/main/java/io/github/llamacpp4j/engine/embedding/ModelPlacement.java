package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Backends;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.DeviceType;
import io.github.llamacpp4j.model.FlashAttention;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelInfo;
import java.util.Optional;

/** How a model's sequences are best shared out among contexts and threads. */
final class ModelPlacement {

    private static final int MAX_AUTOMATIC_CONTEXTS = 4;
    private static final int UNKNOWN_CONTEXT_TOKENS = 512;
    private static final int DEVICE_BATCH_TOKENS = 2048;

    private static final int PROCESSOR_BATCH_TOKENS = 256;

    private ModelPlacement() {}

    static SequenceService.Shape shape(Model model, EmbedderOptions options) {
        int processors = Runtime.getRuntime().availableProcessors();
        int threads = options.threads() == EmbedderOptions.AVAILABLE_PROCESSORS
                ? processors
                : Math.min(options.threads(), processors);
        int contexts = options.contexts() == EmbedderOptions.AUTOMATIC_CONTEXTS
                ? automaticContexts(model, threads)
                : options.contexts();
        int batchTokens = options.batchTokens() == EmbedderOptions.AUTOMATIC_BATCH_TOKENS
                ? (onDevice(model) ? DEVICE_BATCH_TOKENS : PROCESSOR_BATCH_TOKENS)
                : options.batchTokens();
        return new SequenceService.Shape(
                contexts, threads, batch(model, options, batchTokens), options.queueCapacity());
    }

    /**
     * In tiles where llama.cpp's attention has some. Below a tile it takes the keys of a sequence one by one and skips all
     * others; without flash attention it adds up all of a batch.
     */
    private static BatchShape batch(Model model, EmbedderOptions options, int tokens) {
        int texts = Math.min(batchTexts(model.info(), options), tokens);
        boolean tiles = tokens >= TileLayout.TILE
                && options.flashAttention() != FlashAttention.DISABLED
                && !onDevice(model)
                && !stateful(model.info());
        return tiles
                ? new BatchShape(
                        tokens,
                        Math.min(texts, ContextOptions.MAX_SEQUENCES - 1),
                        Optional.of(AttentionBlocks.ofProcessor()))
                : BatchShape.plain(tokens, texts);
    }

    /** Small batches gain nothing from threads that wait for each other; caches and devices are not worth having twice. */
    private static int automaticContexts(Model model, int threads) {
        ModelKind kind = ModelKind.of(model.info());
        boolean small = kind == ModelKind.EMBEDDING || kind == ModelKind.RERANKER;
        return onDevice(model) || !small ? 1 : Math.min(threads, MAX_AUTOMATIC_CONTEXTS);
    }

    private static boolean onDevice(Model model) {
        return model.options().gpuLayers() != 0
                && Backends.devices().stream().anyMatch(device -> device.type() != DeviceType.CPU);
    }

    /** Recurrent models compute sequences one after another anyway, and keep a state for each. */
    private static int batchTexts(ModelInfo info, EmbedderOptions options) {
        return stateful(info) ? 1 : options.batchTexts();
    }

    private static boolean stateful(ModelInfo info) {
        return info.recurrent() || info.hybrid();
    }

    /** How many tokens a text may have. */
    static int maxTokens(ModelInfo info, int wanted) {
        int trained = info.trainedContextSize() > 0 ? info.trainedContextSize() : UNKNOWN_CONTEXT_TOKENS;
        return wanted == EmbedderOptions.MODEL_MAX_TOKENS ? trained : Math.min(wanted, trained);
    }

    /** A context for the usual batches; {@link ContextComputer} makes a larger one when it must. */
    static ContextOptions.Builder context(SequenceService.Shape shape, EmbedderOptions options) {
        return ContextOptions.builder()
                .batchSize(shape.batch().size())
                .maxSequences(shape.batch().sequenceIds())
                .unifiedCache(true)
                .flashAttention(options.flashAttention())
                .threads(shape.ownThreads())
                .batchThreads(shape.ownThreads());
    }
}
