package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.engine.DecodeStatus;
import io.github.llamacpp4j.engine.Decoder;
import io.github.llamacpp4j.engine.DecoderLimits;
import io.github.llamacpp4j.engine.SavedSequence;
import io.github.llamacpp4j.engine.TokenBatch;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A decoder that computes nothing: each token is followed by the same made-up logits, turned a little further. What it answers is
 * nonsense, and all that an answer goes through but the model is run. Not thread-safe.
 */
final class BlankDecoder implements Decoder {

    private static final float SPREAD = 20;
    private static final int TURN = 7919;

    private final DecoderLimits limits;
    private final float[] logits;
    private int turned;

    BlankDecoder(DecoderLimits limits) {
        this.limits = limits;
        SplittableRandom random = new SplittableRandom(1);
        logits = new float[limits.vocabularySize()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = SPREAD * (float) random.nextDouble();
        }
    }

    @Override
    public DecoderLimits limits() {
        return limits;
    }

    @Override
    public DecodeStatus decode(TokenBatch batch) {
        return DecodeStatus.DECODED;
    }

    @Override
    public void copyLogits(int batchIndex, float[] row) {
        turned = (turned + TURN) % logits.length;
        System.arraycopy(logits, turned, row, 0, logits.length - turned);
        System.arraycopy(logits, 0, row, logits.length - turned, turned);
    }

    @Override
    public void share(int sourceSequence, int targetSequence, int length) {}

    @Override
    public void cut(int sequence, int fromPosition) {}

    @Override
    public void removeAndShift(int sequence, int fromPosition, int toPosition) {}

    @Override
    public Optional<SavedSequence> save(int sequence) {
        return Optional.empty();
    }

    @Override
    public boolean restore(int sequence, SavedSequence saved) {
        return false;
    }

    @Override
    public void abort() {}

    @Override
    public void close() {}
}
