package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.ffi.AbortFlag;
import io.github.llamacpp4j.ffi.NativeCallback;
import io.github.llamacpp4j.ffi.NativeHandle;
import io.github.llamacpp4j.ffi.generated.llama_perf_context_data;
import io.github.llamacpp4j.model.internal.ContextAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A model's working state: the memory of its sequences and the buffers to compute with ({@code llama_context}).
 *
 * <p>Thread-safe in that calls from several threads are served one after another and {@link #close()} may come at any
 * time: it stops a running decode, waits for it and frees the context once. What one thread decoded is overwritten by the
 * next decode, so threads that read outputs must agree among themselves. Made by {@link Model#newContext(ContextOptions)},
 * closed by the caller; keeps its model alive, in whatever order they are closed. After closing every method throws
 * {@link IllegalStateException}.
 */
public final class Context implements AutoCloseable {

    private static final int STATUS_NO_ROOM = 1;
    private static final int STATUS_ABORTED = 2;
    private static final int SMALLEST_APPEND = 32;
    private static final long IDLE_STATE_BYTES = 16L << 20;

    static {
        ContextAccess.install(new ContextAccess.Bridge() {
            @Override
            public <T> T withLogits(Context context, int index, Function<MemorySegment, T> reader) {
                return context.exclusively(pointer -> reader.apply(
                        context.logitsRow(index).asSlice(0, (long) context.vocabularySize() * Float.BYTES)));
            }
        });
    }

    private final ModelInfo modelInfo;
    private final ContextOptions options;
    private final ContextFacts facts;
    private final NativeHandle handle;
    private final ThreadPool pool;
    private final ContextMemory memory;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final AbortFlag abort;
    private final @Nullable NativeCallback evaluation;
    private final long estimatedBytes;
    private final OutputRows rows;
    private final List<NativeHandle> adapters = new ArrayList<>();
    private final Steering steering = new Steering();
    private final StateBuffers stateBuffers = new StateBuffers(Arena::ofShared, IDLE_STATE_BYTES);
    private Arena appendMemory = Arena.ofShared();
    private @Nullable Batch appendBatch;
    private boolean embeddings;
    private boolean causal;
    private boolean encoded;
    private boolean computing;
    private volatile boolean closing;

    Context(
            ModelInfo modelInfo,
            ContextOptions options,
            ContextFacts facts,
            NativeHandle handle,
            ThreadPool pool,
            AbortFlag abort,
            @Nullable NativeCallback evaluation,
            long estimatedBytes) {
        this.modelInfo = modelInfo;
        this.options = options;
        this.facts = facts;
        this.handle = handle;
        this.pool = pool;
        this.abort = abort;
        this.evaluation = evaluation;
        this.estimatedBytes = estimatedBytes;
        this.rows = new OutputRows(facts.batchSize());
        this.memory = new ContextMemory(this);
        this.embeddings = options.embeddings();
        this.causal = facts.causal();
    }

    /** Positions of all sequences together that the memory holds ({@code n_ctx}), after rounding. */
    public int contextSize() {
        return facts.contextSize();
    }

    /** Positions that one sequence can have ({@code n_ctx_seq}). */
    public int sequenceContextSize() {
        return facts.sequenceContextSize();
    }

    /** Most tokens in one native call ({@code n_batch}). */
    public int batchSize() {
        return facts.batchSize();
    }

    /** Most tokens computed at once ({@code n_ubatch}). */
    public int microBatchSize() {
        return facts.microBatchSize();
    }

    /** How many sequences may live here ({@code n_seq_max}); their ids go from 0 to one less. */
    public int maxSequences() {
        return facts.maxSequences();
    }

    /** How embeddings are pooled; never {@link Pooling#MODEL}. */
    public Pooling pooling() {
        return facts.pooling();
    }

    /** How many numbers {@link #logits(int)} has. */
    public int vocabularySize() {
        return facts.vocabularySize();
    }

    /** How many numbers {@link #embedding(int)} has. */
    public int embeddingSize() {
        return modelInfo.outputEmbeddingSize();
    }

    /** About how much memory it takes beside the model's weights, in bytes: caches and the largest intermediate results. */
    public long estimatedBytes() {
        return estimatedBytes;
    }

    /** The options with which this context was made. */
    public ContextOptions options() {
        return options;
    }

    /** What the sequences remember. */
    public ContextMemory memory() {
        return memory;
    }

    /** Whether {@link #close()} has not been called yet. */
    public boolean isOpen() {
        return !closing && handle.isOpen();
    }

    /**
     * Computes the tokens of a batch and adds them to the memory. A batch larger than {@link #batchSize()} is computed in
     * parts, of which only the last may ask for outputs.
     *
     * @throws ContextFullException if the memory has no room
     * @throws DecodeAbortedException if {@link #abort()} or {@link #close()} stopped it
     * @throws DecodeException if llama.cpp refuses the batch, for example for positions that do not continue a sequence
     * @throws IllegalArgumentException if a token, a sequence or a position is out of range, or the batch cannot be split
     */
    public void decode(Batch batch) {
        switch (tryDecode(batch)) {
            case DONE -> {}
            case NO_ROOM ->
                throw new ContextFullException(
                        "the context has no room for " + batch.size() + " more tokens: it holds " + contextSize()
                                + " positions, " + sequenceContextSize()
                                + " for each sequence; remove some from its memory or use a larger contextSize",
                        List.of());
            case ABORTED -> throw new DecodeAbortedException("the decode of " + batch.size() + " tokens was stopped");
        }
    }

    /**
     * Like {@link #decode(Batch)}, but tells the two outcomes that a scheduler expects without an exception.
     *
     * @throws DecodeException if llama.cpp refuses the batch
     * @throws IllegalArgumentException if a token, a sequence or a position is out of range, or the batch cannot be split
     */
    public DecodeStatus tryDecode(Batch batch) {
        return exclusively(context -> {
            BatchChecks.check(batch, facts, modelInfo, embeddings);
            if (modelInfo.hasEncoder() && modelInfo.hasDecoder() && !encoded) {
                throw new IllegalStateException("this model has an encoder: call encode with its input first");
            }
            forgetAbort();
            int part = facts.hasMemory() && causal ? facts.batchSize() : facts.microBatchSize();
            BatchChecks.checkSplit(batch, part, causal && facts.hasMemory(), embeddings, facts);
            DecodeStatus status = DecodeStatus.DONE;
            for (int start = 0; start < batch.size() && status == DecodeStatus.DONE; start += part) {
                status = decodePart(context, batch, start, Math.min(part, batch.size() - start));
            }
            return status;
        });
    }

    private DecodeStatus decodePart(MemorySegment context, Batch batch, int start, int count) {
        rows.clear();
        if (abort.isRaised()) {
            return DecodeStatus.ABORTED;
        }
        long mark = NativeRuntime.logMark();
        int status = compute(batch, start, count, struct -> llama_decode(context, struct));
        return switch (status) {
            case 0 -> {
                rows.set(batch, start, count, embeddings);
                yield DecodeStatus.DONE;
            }
            case STATUS_NO_ROOM -> DecodeStatus.NO_ROOM;
            case STATUS_ABORTED -> DecodeStatus.ABORTED;
            default -> throw failed("decode", status, count, mark);
        };
    }

    /** A tensor listener is called meanwhile, on this thread, for which the lock is open. */
    private int compute(Batch batch, int start, int count, ToIntFunction<MemorySegment> call) {
        int status;
        computing = true;
        try {
            status = batch.apply(start, count, call);
        } finally {
            computing = false;
        }
        if (evaluation != null) {
            evaluation.rethrow();
        }
        return status;
    }

    private static DecodeException failed(String verb, int status, int count, long mark) {
        return new DecodeException(
                status,
                "llama.cpp refuses to " + verb + " a batch of " + count + " tokens (status " + status + ")"
                        + (status == -1 ? ": positions must continue each sequence without a gap" : ""),
                NativeRuntime.linesSince(mark));
    }

    /**
     * Appends tokens to a sequence, of which the last asks for an output.
     *
     * @param sequenceId the sequence
     * @param tokens at least one token
     * @throws ContextFullException if the memory has no room
     * @throws DecodeAbortedException if it was stopped
     * @throws DecodeException if llama.cpp fails
     * @throws IllegalArgumentException if a token or the sequence is out of range, or there are no tokens
     */
    public void append(int sequenceId, int... tokens) {
        exclusively(context -> {
            memory.requireSequence(sequenceId);
            Batch batch = appendBatch(tokens.length);
            batch.clear();
            int position = memory.lastPosition(sequenceId) + 1;
            for (int i = 0; i < tokens.length; i++) {
                batch.add(tokens[i], position + i, sequenceId, i == tokens.length - 1 || embeddings);
            }
            decode(batch);
            return batch;
        });
    }

    private Batch appendBatch(int tokens) {
        if (appendBatch == null || appendBatch.capacity() < tokens) {
            Arena memory = Arena.ofShared();
            appendBatch = new Batch(memory, Math.max(tokens, SMALLEST_APPEND), 1);
            appendMemory.close();
            appendMemory = memory;
        }
        return appendBatch;
    }

    /**
     * Runs the encoder on a whole input, which must fit into {@link #microBatchSize()}.
     *
     * @throws DecodeException if llama.cpp fails
     * @throws IllegalStateException if the model has no encoder
     * @throws IllegalArgumentException if the input is too long or something in it out of range
     */
    public void encode(Batch batch) {
        exclusively(context -> {
            if (!modelInfo.hasEncoder()) {
                throw new IllegalStateException("the model " + modelInfo + " has no encoder: use decode");
            }
            BatchChecks.check(batch, facts, modelInfo, embeddings);
            BatchChecks.checkWhole(batch, facts.microBatchSize());
            rows.clear();
            forgetAbort();
            long mark = NativeRuntime.logMark();
            int status = compute(batch, 0, batch.size(), struct -> llama_encode(context, struct));
            if (status != 0) {
                throw failed("encode", status, batch.size(), mark);
            }
            encoded = true;
            rows.set(batch, 0, batch.size(), true);
            return status;
        });
    }

    /**
     * Stops the decode that is running now, soon: between two operations on the processor, between micro-batches
     * elsewhere. Does nothing if none is running. May be called by any thread.
     */
    public void abort() {
        abort.raise();
    }

    /** An abort concerns the decode that was running; closing concerns all that follow too. */
    private void forgetAbort() {
        abort.lower();
        if (closing) {
            abort.raise();
        }
    }

    /**
     * The logits of a token of the last batch.
     *
     * @param index the token's index in the batch, or -1 for the last one with an output
     * @return one number for each token of the vocabulary
     * @throws IllegalArgumentException if that token has no output
     * @throws IllegalStateException if nothing has been decoded or the model has no output layer
     */
    public float[] logits(int index) {
        float[] logits = new float[facts.vocabularySize()];
        copyLogits(index, logits);
        return logits;
    }

    /**
     * Copies the logits of a token of the last batch; allocates nothing.
     *
     * @param index the token's index in the batch, or -1 for the last one with an output
     * @param destination receives the logits from its start; at least {@link #vocabularySize()} long
     * @throws IllegalArgumentException if that token has no output or the destination is too short
     * @throws IllegalStateException if nothing has been decoded or the model has no output layer
     */
    public void copyLogits(int index, float[] destination) {
        if (destination.length < facts.vocabularySize()) {
            throw new IllegalArgumentException(
                    "expected room for " + facts.vocabularySize() + " logits, found " + destination.length);
        }
        lock.lock();
        try {
            MemorySegment row = logitsRow(index);
            MemorySegment.copy(row, JAVA_FLOAT, 0, destination, 0, facts.vocabularySize());
        } finally {
            lock.unlock();
        }
    }

    /** The native logits; to be called and used under the lock. */
    MemorySegment logitsRow(int index) {
        MemorySegment context = requireOpen();
        if (!modelInfo.hasLogits()) {
            throw new IllegalStateException("the model " + modelInfo + " has no logits: it computes embeddings");
        }
        MemorySegment row = llama_get_logits_ith(context, rows.resolve(index));
        if (row.address() == 0) {
            throw new IllegalStateException("this context computes no logits");
        }
        return row;
    }

    /**
     * The embedding of a token of the last batch, not normalised.
     *
     * @param index the token's index in the batch, or -1 for the last one
     * @throws IllegalArgumentException if that token has no output
     * @throws IllegalStateException if nothing has been decoded or the context computes no embedding for each token
     */
    public float[] embedding(int index) {
        return exclusively(context -> {
            requireEmbeddings();
            if (facts.pooling() != Pooling.NONE) {
                throw new IllegalStateException("embeddings are pooled by " + facts.pooling()
                        + ": ask for a sequence's, or make the context with Pooling.NONE");
            }
            return floats(llama_get_embeddings_ith(context, rows.resolve(index)), embeddingSize());
        });
    }

    /**
     * The pooled embedding of a sequence of the last batch, not normalised; with {@link Pooling#RANK} the scores of the
     * classification head.
     *
     * @param sequenceId a sequence that was in the last batch
     * @throws IllegalStateException if the sequence was not in the last batch or embeddings are not pooled
     * @throws IllegalArgumentException if there is no such sequence
     */
    public float[] sequenceEmbedding(int sequenceId) {
        return exclusively(context -> {
            requireEmbeddings();
            memory.requireSequence(sequenceId);
            if (facts.pooling() == Pooling.NONE) {
                throw new IllegalStateException(
                        "embeddings are not pooled: ask for a token's, or make the context with another pooling");
            }
            return floats(llama_get_embeddings_seq(context, sequenceId), facts.pooledSize());
        });
    }

    private void requireEmbeddings() {
        if (!embeddings) {
            throw new IllegalStateException("this context computes no embeddings: make it with embeddings(true)");
        }
    }

    private static float[] floats(MemorySegment pointer, int count) {
        if (pointer.address() == 0) {
            throw new IllegalStateException("there is no embedding to read: decode a batch with that sequence first");
        }
        return pointer.asSlice(0, (long) count * Float.BYTES).toArray(JAVA_FLOAT);
    }

    /**
     * Switches embeddings on or off ({@code llama_set_embeddings}); while on, every token of a batch has an output.
     *
     * @throws IllegalArgumentException if they are pooled and the batch size is not a multiple of {@link #maxSequences()}
     */
    public void setEmbeddings(boolean embeddings) {
        exclusively(context -> {
            if (embeddings) {
                ContextShape.requirePoolable(
                        Math.min(contextSize(), microBatchSize()), maxSequences(), facts.pooling());
            }
            llama_set_embeddings(context, embeddings);
            this.embeddings = embeddings;
            rows.clear();
            return embeddings;
        });
    }

    /**
     * Switches between attending to earlier tokens and to all tokens of a batch ({@code llama_set_causal_attn}).
     */
    public void setCausalAttention(boolean causal) {
        exclusively(context -> {
            llama_set_causal_attn(context, causal);
            this.causal = causal;
            return causal;
        });
    }

    /**
     * Sets how many threads compute ({@code llama_set_n_threads}); never more than this JVM may use processors.
     *
     * @param threads for single tokens, or {@link ContextOptions#AVAILABLE_PROCESSORS}
     * @param batchThreads for more tokens, or {@link ContextOptions#AVAILABLE_PROCESSORS}
     * @throws IllegalArgumentException if a number is negative
     */
    public void setThreads(int threads, int batchThreads) {
        if (threads < 0 || batchThreads < 0) {
            throw new IllegalArgumentException(
                    "numbers of threads must not be negative, found " + threads + " and " + batchThreads);
        }
        exclusively(context -> {
            int single = ContextParameters.threads(threads);
            int many = ContextParameters.threads(batchThreads);
            pool.provide(context, Math.max(single, many));
            llama_set_n_threads(context, single, many);
            return threads;
        });
    }

    /** How many threads compute single tokens. */
    public int threads() {
        return exclusively(context -> llama_n_threads(context));
    }

    /** How many threads compute more tokens at once. */
    public int batchThreads() {
        return exclusively(context -> llama_n_threads_batch(context));
    }

    /**
     * The LoRA adapters to compute with from now on ({@code llama_set_adapters_lora}); an empty list means none. They
     * stay usable here when their owner closes them.
     *
     * @throws IllegalArgumentException if an adapter belongs to another model or occurs twice
     */
    public void setAdapters(List<ScaledAdapter> adapters) {
        exclusively(context -> {
            AdapterSet.apply(context, facts.model(), adapters, this.adapters);
            rows.clear();
            return adapters;
        });
    }

    /**
     * Steers every layer that the vector has a direction for, from now on ({@code llama_set_adapter_cvec}).
     *
     * @see #setControlVector(ControlVector, int, int)
     */
    public void setControlVector(ControlVector vector) {
        setControlVector(vector, 1, Math.max(1, modelInfo.layers() - 1));
    }

    /**
     * Adds a control vector's directions to what some layers compute, from now on; replaces an earlier vector. What the
     * memory holds was computed as it was set then. Architectures whose graph has no place for it ignore it.
     *
     * @param vector the directions
     * @param firstLayer the first layer that is steered, 1 or more
     * @param lastLayer the last one, below {@link ModelInfo#layers()}
     * @throws IllegalArgumentException if the vector does not fit the model, or there are no such layers
     * @throws ContextCreationException if there is no memory for it
     */
    public void setControlVector(ControlVector vector, int firstLayer, int lastLayer) {
        requireNonNull(vector, "vector");
        exclusively(context -> {
            steering.apply(context, modelInfo, vector, firstLayer, lastLayer);
            rows.clear();
            return vector;
        });
    }

    /** Computes without a control vector from now on. */
    public void removeControlVector() {
        exclusively(context -> {
            steering.remove(context);
            rows.clear();
            return context;
        });
    }

    /** What was measured since the start or the last {@link #resetPerformance()}. */
    public PerformanceCounters performance() {
        return exclusively(context -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment data = llama_perf_context(arena, context);
                return new PerformanceCounters(
                        milliseconds(llama_perf_context_data.t_load_ms(data)),
                        milliseconds(llama_perf_context_data.t_p_eval_ms(data)),
                        milliseconds(llama_perf_context_data.t_eval_ms(data)),
                        llama_perf_context_data.n_p_eval(data),
                        llama_perf_context_data.n_eval(data),
                        llama_perf_context_data.n_reused(data));
            }
        });
    }

    private static Duration milliseconds(double milliseconds) {
        return Duration.ofNanos((long) (milliseconds * 1e6));
    }

    /** Starts measuring anew. */
    public void resetPerformance() {
        exclusively(context -> {
            llama_perf_context_reset(context);
            return context;
        });
    }

    /** Saves and restores what this context remembers. */
    public ContextState state() {
        return new ContextState(this);
    }

    /** Memory for copies of its sequences. */
    StateBuffers stateBuffers() {
        return stateBuffers;
    }

    ContextFacts facts() {
        return facts;
    }

    /** Nothing that was computed before can be read any more. */
    void forgetOutputs() {
        rows.clear();
    }

    /** Runs native calls alone; they may nest. */
    <T> T exclusively(Function<MemorySegment, T> call) {
        lock.lock();
        try {
            return call.apply(requireOpen());
        } finally {
            lock.unlock();
        }
    }

    private MemorySegment requireOpen() {
        requireIdle();
        if (closing) {
            throw new IllegalStateException("this context is closed");
        }
        return handle.segment();
    }

    private void requireIdle() {
        if (computing) {
            throw new IllegalStateException("this context is computing: its tensor listener must not call it");
        }
    }

    /** Stops a running decode, waits for it and frees the context. Closing twice does nothing. */
    @Override
    public void close() {
        if (lock.isHeldByCurrentThread()) {
            requireIdle();
        }
        closing = true;
        abort.raise();
        lock.lock();
        try {
            handle.close();
            adapters.forEach(NativeHandle::close);
            adapters.clear();
            stateBuffers.close();
            if (appendMemory.scope().isAlive()) {
                appendMemory.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
