package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.model.Batch;
import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextMemory;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelInfo;
import io.github.llamacpp4j.model.SequenceState;
import io.github.llamacpp4j.model.StateException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A decoder on a context of llama.cpp, which it owns. */
public final class ContextDecoder implements Decoder {

    private static final Logger LOGGER = System.getLogger(ContextDecoder.class.getName());

    private final Context context;
    private final ContextMemory memory;
    private final DecoderLimits limits;
    private final Batch batch;
    /** Where in llama.cpp's batch each token of the engine's went. */
    private final int[] places;

    private final Set<Saved> copies = new HashSet<>();

    private ContextDecoder(Context context, DecoderLimits limits) {
        this.context = context;
        this.limits = limits;
        memory = context.memory();
        batch = new Batch(limits.batchSize());
        places = new int[limits.batchSize()];
    }

    /**
     * Makes a context for an engine.
     *
     * @param model the model
     * @param options what the context should be like; number of sequences and cache layout are set here
     * @param engine how many sequences there will be, and whether each has cells of its own
     */
    public static ContextDecoder open(Model model, ContextOptions options, EngineOptions engine) {
        boolean unified = isUnified(model, options, engine);
        int retained = unified ? engine.retainedSequences() : 0;
        Context context = model.newContext(options.toBuilder()
                .maxSequences(Math.min(ContextOptions.MAX_SEQUENCES, engine.parallelSequences() + retained))
                .unifiedCache(unified)
                .fullSlidingWindowCache(false)
                .build());
        try {
            return new ContextDecoder(context, limits(model.info(), context, unified));
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private static boolean isUnified(Model model, ContextOptions options, EngineOptions engine) {
        int contextSize = options.contextSize() == ContextOptions.MODEL_CONTEXT_SIZE
                ? model.info().trainedContextSize()
                : options.contextSize();
        return !engine.deterministic() && engine.cacheLayout().isUnified(contextSize, engine.parallelSequences());
    }

    /**
     * Cells that a sliding window has left are overwritten by whatever sequence comes next, in a cache of full size too
     * ({@code llama_kv_cache::find_slot}), so what such a memory holds of a beginning cannot be relied on.
     */
    private static DecoderLimits limits(ModelInfo model, Context context, boolean unified) {
        boolean cutting = !model.recurrent() && !model.hybrid() && model.slidingWindow() == 0;
        return new DecoderLimits(
                context.vocabularySize(),
                context.contextSize(),
                context.sequenceContextSize(),
                context.batchSize(),
                context.maxSequences(),
                cutting && unified,
                cutting,
                cutting && context.memory().canShift());
    }

    /** The context, for what the engine has no need of, such as adapters. Not while the engine decodes. */
    public Context context() {
        return context;
    }

    @Override
    public DecoderLimits limits() {
        return limits;
    }

    @Override
    public DecodeStatus decode(TokenBatch tokens) {
        fill(tokens);
        return switch (context.tryDecode(batch)) {
            case DONE -> DecodeStatus.DECODED;
            case NO_ROOM -> DecodeStatus.NO_ROOM;
            case ABORTED -> DecodeStatus.ABORTED;
        };
    }

    /** Where each sequence has cells of its own, llama.cpp computes those together whose ids follow each other in the batch. */
    private void fill(TokenBatch tokens) {
        batch.clear();
        for (int sequence = 0; sequence < (limits.split() ? limits.sequences() : 1); sequence++) {
            for (int i = 0; i < tokens.size(); i++) {
                if (!limits.split() || tokens.sequenceId(i) == sequence) {
                    places[i] = batch.size();
                    batch.add(tokens.token(i), tokens.position(i), tokens.sequenceId(i), tokens.isOutput(i));
                }
            }
        }
    }

    @Override
    public void copyLogits(int batchIndex, float[] row) {
        context.copyLogits(places[batchIndex], row);
    }

    @Override
    public void share(int sourceSequence, int targetSequence, int length) {
        memory.copy(sourceSequence, targetSequence, 0, length);
    }

    @Override
    public void cut(int sequence, int fromPosition) {
        if (!memory.remove(sequence, fromPosition, ContextMemory.TO_THE_END)) {
            throw new IllegalStateException("the memory of this model cannot be cut at position " + fromPosition);
        }
    }

    @Override
    public void removeAndShift(int sequence, int fromPosition, int toPosition) {
        if (!memory.remove(sequence, fromPosition, toPosition)) {
            throw new IllegalStateException(
                    "the memory of this model cannot forget positions " + fromPosition + " to " + toPosition);
        }
        memory.shift(sequence, toPosition, ContextMemory.TO_THE_END, fromPosition - toPosition);
    }

    @Override
    public Optional<SavedSequence> save(int sequence) {
        try {
            Saved saved = new Saved(context.state().copySequence(sequence));
            copies.add(saved);
            return Optional.of(saved);
        } catch (StateException e) {
            LOGGER.log(Level.DEBUG, "a sequence cannot be saved", e);
            return Optional.empty();
        }
    }

    @Override
    public boolean restore(int sequence, SavedSequence saved) {
        try {
            context.state().restoreSequence(sequence, ((Saved) saved).state);
            return true;
        } catch (StateException e) {
            LOGGER.log(Level.DEBUG, "a sequence cannot be restored", e);
            memory.remove(sequence);
            return false;
        }
    }

    @Override
    public void abort() {
        context.abort();
    }

    @Override
    public void close() {
        Set.copyOf(copies).forEach(SavedSequence::close);
        context.close();
    }

    /** A copy that ends with its decoder at the latest. */
    private final class Saved implements SavedSequence {

        private final SequenceState state;

        Saved(SequenceState state) {
            this.state = state;
        }

        @Override
        public long sizeBytes() {
            return state.sizeBytes();
        }

        @Override
        public void close() {
            copies.remove(this);
            state.close();
        }
    }
}
