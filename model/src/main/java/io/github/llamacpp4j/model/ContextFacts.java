package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;

import io.github.llamacpp4j.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import java.util.Set;

/** What a context turned out to be, read back once: llama.cpp rounds and adjusts what it was asked for. */
record ContextFacts(
        NativeHandle model,
        ModelFingerprint fingerprint,
        int contextSize,
        int sequenceContextSize,
        int batchSize,
        int microBatchSize,
        int maxSequences,
        int outputs,
        Pooling pooling,
        int pooledSize,
        int vocabularySize,
        boolean hasMemory,
        boolean causal,
        boolean splitStreams,
        boolean stateful,
        boolean takesEmbeddings,
        OptionalInt learnedPositions) {

    /** Architectures that assert tokens, or whose embeddings are another model's features of another width. */
    private static final Set<String> TOKENS_ONLY = Set.of("graniteswitch", "eagle3", "dflash");

    static ContextFacts of(MemorySegment context, Model model, ContextOptions options) {
        ModelInfo info = model.info();
        Pooling pooling = NativeConstant.of(Pooling.class, llama_pooling_type(context));
        int maxSequences = llama_n_seq_max(context);
        int batchSize = llama_n_batch(context);
        return new ContextFacts(
                model.handle(),
                model.fingerprint(),
                llama_n_ctx(context),
                llama_n_ctx_seq(context),
                batchSize,
                llama_n_ubatch(context),
                maxSequences,
                options.outputs() == 0 || info.hasEncoder() ? batchSize : Math.min(options.outputs(), batchSize),
                pooling,
                pooling == Pooling.RANK ? Math.max(1, info.classifierLabels().size()) : info.outputEmbeddingSize(),
                model.tokenizer().size(),
                llama_get_memory(context).address() != 0,
                ContextShape.causal(info, options),
                !options.unifiedCache() && maxSequences > 1,
                info.recurrent() || info.hybrid(),
                takesEmbeddings(model, options),
                model.file().learnedPositions());
    }

    /** Some models want four positions for each embedding, where a batch has one. */
    private static boolean takesEmbeddings(Model model, ContextOptions options) {
        int rope = llama_model_rope_type(model.handle().segment());
        return options.kind() == ContextKind.DEFAULT
                && rope != LLAMA_ROPE_TYPE_MROPE
                && rope != LLAMA_ROPE_TYPE_IMROPE
                && !TOKENS_ONLY.contains(model.info().architecture());
    }
}
