package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.DecodeStatus;
import io.github.llamacpp4j.engine.Decoder;
import io.github.llamacpp4j.engine.DecoderLimits;
import io.github.llamacpp4j.engine.SavedSequence;
import io.github.llamacpp4j.engine.TokenBatch;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A decoder that runs into a trap at the beginning of each step: what the trap throws or waits for befalls the engine's thread. */
record TrappedDecoder(Decoder decoder, AtomicReference<Runnable> trap) implements Decoder {

    @Override
    public DecoderLimits limits() {
        return decoder.limits();
    }

    @Override
    public DecodeStatus decode(TokenBatch batch) {
        trap.get().run();
        return decoder.decode(batch);
    }

    @Override
    public void copyLogits(int batchIndex, float[] row) {
        decoder.copyLogits(batchIndex, row);
    }

    @Override
    public void share(int sourceSequence, int targetSequence, int length) {
        decoder.share(sourceSequence, targetSequence, length);
    }

    @Override
    public void cut(int sequence, int fromPosition) {
        decoder.cut(sequence, fromPosition);
    }

    @Override
    public void removeAndShift(int sequence, int fromPosition, int toPosition) {
        decoder.removeAndShift(sequence, fromPosition, toPosition);
    }

    @Override
    public Optional<SavedSequence> save(int sequence) {
        return decoder.save(sequence);
    }

    @Override
    public boolean restore(int sequence, SavedSequence saved) {
        return decoder.restore(sequence, saved);
    }

    @Override
    public void abort() {
        decoder.abort();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
