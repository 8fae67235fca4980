package io.github.llamacpp4j.testkit;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.engine.DecodeStatus;
import io.github.llamacpp4j.engine.Decoder;
import io.github.llamacpp4j.engine.DecoderLimits;
import io.github.llamacpp4j.engine.EngineVocabulary;
import io.github.llamacpp4j.engine.SavedSequence;
import io.github.llamacpp4j.engine.TokenBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A model that writes what a {@link Script} says, token by token, for the real
 * {@link io.github.llamacpp4j.engine.Engine} to run on. It leaves no chance to temperature or seed. A grammar overrules
 * it: then the text is what the grammar allows.
 *
 * <p>Belongs to its engine, which calls it from one thread at a time.
 */
public final class ScriptedDecoder implements Decoder {

    private static final int SEQUENCES = 64;
    private static final int SEQUENCE_CELLS = 1 << 16;
    private static final int BATCH_SIZE = 512;
    private static final float UNWANTED = -1000;

    private final EngineVocabulary vocabulary;
    private final Screenplay screenplay;
    private final DecoderLimits limits;
    private final TokenMemory memory = new TokenMemory();
    private final Map<Integer, Row> rows = new HashMap<>();

    /** What the last batch asked for an output behind. */
    private record Row(int sequence, int length) {}

    /**
     * A decoder with a memory for 64 sequences of 65536 tokens each.
     *
     * @param vocabulary the vocabulary in which it writes
     * @param script what it writes
     */
    public ScriptedDecoder(EngineVocabulary vocabulary, Script script) {
        this.vocabulary = requireNonNull(vocabulary, "vocabulary");
        this.screenplay = new Screenplay(vocabulary, requireNonNull(script, "script"));
        this.limits = new DecoderLimits(
                vocabulary.size(), SEQUENCES * SEQUENCE_CELLS, SEQUENCE_CELLS, BATCH_SIZE, SEQUENCES, true, true, true);
    }

    @Override
    public DecoderLimits limits() {
        return limits;
    }

    @Override
    public DecodeStatus decode(TokenBatch batch) {
        rows.clear();
        for (int i = 0; i < batch.size(); i++) {
            int sequence = batch.sequenceId(i);
            memory.add(sequence, batch.token(i));
            if (batch.isOutput(i)) {
                rows.put(i, new Row(sequence, memory.tokens(sequence).length));
            }
        }
        return DecodeStatus.DECODED;
    }

    @Override
    public void copyLogits(int batchIndex, float[] row) {
        Row wanted = rows.get(batchIndex);
        if (wanted == null) {
            throw new IllegalArgumentException("token " + batchIndex + " of the last batch asked for no output");
        }
        int[] tokens = Arrays.copyOf(memory.tokens(wanted.sequence()), wanted.length());
        Arrays.fill(row, 0, vocabulary.size(), UNWANTED);
        row[screenplay.next(wanted.sequence(), tokens)] = 0;
    }

    @Override
    public void share(int sourceSequence, int targetSequence, int length) {
        memory.set(targetSequence, Arrays.copyOf(memory.tokens(sourceSequence), length));
    }

    @Override
    public void cut(int sequence, int fromPosition) {
        memory.cut(sequence, fromPosition);
    }

    @Override
    public void removeAndShift(int sequence, int fromPosition, int toPosition) {
        memory.remove(sequence, fromPosition, toPosition);
    }

    @Override
    public Optional<SavedSequence> save(int sequence) {
        return Optional.empty();
    }

    @Override
    public boolean restore(int sequence, SavedSequence saved) {
        return false;
    }

    @Override
    public void abort() {
        // a step takes no time
    }

    @Override
    public void close() {
        // nothing native
    }
}
