package io.github.llamacpp4j.engine;

import java.util.Optional;

/**
 * The model and its memory as the engine sees them: sequences of tokens at positions from 0, of which any batch may continue
 * several.
 *
 * <p>All methods but {@link #abort} are called by one thread at a time. The engine passes valid arguments only: batches that fit,
 * known sequence ids, positions that continue a sequence.
 */
public interface Decoder extends AutoCloseable {

    /** What this decoder can hold and do; always the same answer. */
    DecoderLimits limits();

    /** Adds the tokens to the memory and computes the logits asked for. */
    DecodeStatus decode(TokenBatch batch);

    /**
     * Copies the logits that follow a token of the last decoded batch into {@code row}.
     *
     * @param batchIndex the index of a token that was marked as an output
     * @param row an array as long as the vocabulary
     */
    void copyLogits(int batchIndex, float[] row);

    /** Makes {@code targetSequence}, which is empty, share the first {@code length} tokens of {@code sourceSequence}. */
    void share(int sourceSequence, int targetSequence, int length);

    /** Takes all tokens at or behind {@code fromPosition} off a sequence. */
    void cut(int sequence, int fromPosition);

    /**
     * Takes the tokens from {@code fromPosition} to {@code toPosition}, exclusive, out of a sequence that shares none, and moves
     * the ones behind them up. Called only where {@link DecoderLimits#shifting} holds.
     */
    void removeAndShift(int sequence, int fromPosition, int toPosition);

    /** A copy of what the memory holds of a sequence; empty if that cannot be had. */
    Optional<SavedSequence> save(int sequence);

    /**
     * Gives a sequence, which is empty, what {@link #save} of this decoder copied. The copy stays as it is.
     *
     * @return whether that succeeded; if not, the sequence is empty
     */
    boolean restore(int sequence, SavedSequence saved);

    /** Makes a {@link #decode} that runs in another thread return soon. Thread-safe; may be called when none runs. */
    void abort();

    /** Frees the memory. */
    @Override
    void close();
}
