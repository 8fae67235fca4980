package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Backends;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.DeviceType;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelInfo;

/** How a model's sequences are best shared out among contexts and threads. */
final class ModelPlacement {

    private static final int MAX_AUTOMATIC_CONTEXTS = 4;
    private static final int UNKNOWN_CONTEXT_TOKENS = 512;
    private static final int DEVICE_BATCH_TOKENS = 2048;

    /**
     * One less than llama.cpp's tile ({@code GGML_FA_TILE_Q}): below it, flash attention takes the keys of a sequence one
     * by one and skips all others, so that neighbours change nothing. Above it, sums are made over tiles that sequences
     * share, and the last bit that differs decides how 16-bit and 8-bit models round.
     */
    private static final int PROCESSOR_BATCH_TOKENS = 63;

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
        int batchTexts = Math.min(batchTexts(model.info(), options), batchTokens);
        return new SequenceService.Shape(contexts, threads, batchTokens, batchTexts, options.queueCapacity());
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
        return info.recurrent() || info.hybrid() ? 1 : options.batchTexts();
    }

    /** How many tokens a text may have. */
    static int maxTokens(ModelInfo info, int wanted) {
        int trained = info.trainedContextSize() > 0 ? info.trainedContextSize() : UNKNOWN_CONTEXT_TOKENS;
        return wanted == EmbedderOptions.MODEL_MAX_TOKENS ? trained : Math.min(wanted, trained);
    }

    /** A context for the usual batches; {@link ContextComputer} makes a larger one when it must. */
    static ContextOptions.Builder context(SequenceService.Shape shape, EmbedderOptions options) {
        return ContextOptions.builder()
                .batchSize(shape.batchTokens())
                .maxSequences(shape.batchSequences())
                .unifiedCache(true)
                .flashAttention(options.flashAttention())
                .threads(shape.threads())
                .batchThreads(shape.threads());
    }
}
