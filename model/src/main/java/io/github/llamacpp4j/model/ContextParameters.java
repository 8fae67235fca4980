package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.llama_context_default_params;

import io.github.llamacpp4j.ffi.AbortFlag;
import io.github.llamacpp4j.ffi.generated.llama_context_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Writes {@link ContextOptions}, completed with what the model says, as {@code llama_context_params}. */
final class ContextParameters {

    /** llama.cpp rounds context sizes up to a multiple of this. */
    private static final int CONTEXT_GRANULE = 256;

    private ContextParameters() {}

    static MemorySegment write(
            Arena arena,
            ContextOptions options,
            ContextShape shape,
            AbortFlag abort,
            MemorySegment evaluationCallback) {
        MemorySegment params = llama_context_default_params(arena);
        llama_context_params.n_ctx(params, shape.contextSize());
        llama_context_params.n_batch(params, options.batchSize());
        llama_context_params.n_ubatch(params, shape.microBatchSize());
        llama_context_params.n_seq_max(params, options.maxSequences());
        llama_context_params.n_rs_seq(params, options.recurrentSnapshots());
        llama_context_params.n_outputs_max(params, options.outputs());
        llama_context_params.n_threads(params, threads(options.threads()));
        llama_context_params.n_threads_batch(params, threads(options.batchThreads()));
        llama_context_params.ctx_type(params, options.kind().nativeValue());
        llama_context_params.rope_scaling_type(params, options.ropeScaling().nativeValue());
        llama_context_params.pooling_type(params, options.pooling().nativeValue());
        llama_context_params.attention_type(params, options.attention().nativeValue());
        llama_context_params.flash_attn_type(params, options.flashAttention().nativeValue());
        llama_context_params.rope_freq_base(params, options.ropeFrequencyBase());
        llama_context_params.rope_freq_scale(params, options.ropeFrequencyScale());
        llama_context_params.yarn_ext_factor(params, options.yarnExtensionFactor());
        llama_context_params.yarn_attn_factor(params, options.yarnAttentionFactor());
        llama_context_params.yarn_beta_fast(params, options.yarnBetaFast());
        llama_context_params.yarn_beta_slow(params, options.yarnBetaSlow());
        llama_context_params.yarn_orig_ctx(params, options.yarnOriginalContextSize());
        llama_context_params.type_k(params, options.keyType().nativeValue());
        llama_context_params.type_v(params, options.valueType().nativeValue());
        llama_context_params.abort_callback(params, abort.callback());
        llama_context_params.abort_callback_data(params, abort.data());
        llama_context_params.cb_eval(params, evaluationCallback);
        llama_context_params.embeddings(params, options.embeddings());
        llama_context_params.offload_kqv(params, options.offloadCache());
        llama_context_params.op_offload(params, options.offloadOperations());
        llama_context_params.swa_full(params, options.fullSlidingWindowCache());
        llama_context_params.kv_unified(params, options.unifiedCache());
        llama_context_params.no_perf(params, !options.performanceCounters());
        return params;
    }

    /** The number of threads asked for, but never more than the processors that this JVM may use. */
    static int threads(int wanted) {
        int processors = Runtime.getRuntime().availableProcessors();
        return wanted == ContextOptions.AVAILABLE_PROCESSORS ? processors : Math.min(wanted, processors);
    }

    static long roundedContextSize(long contextSize) {
        return (contextSize + CONTEXT_GRANULE - 1) / CONTEXT_GRANULE * CONTEXT_GRANULE;
    }
}
