package io.github.llamacpp4j.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guesses what a smaller model with the same vocabulary would say. It thinks for all sequences in common batches, goes on as long
 * as it is sure of a guess, and reads new prompts in pieces, so that none holds up a step for long.
 *
 * <p>What goes wrong with the smaller model costs guesses, never an answer.
 */
final class ModelDrafter implements Drafter {

    private static final Logger LOGGER = System.getLogger(ModelDrafter.class.getName());

    /** As many tokens of prompts are read at most per step. */
    private static final int MOST_CATCHING_UP = 256;

    /** How likely the smaller model must hold a guess to be. */
    private static final float LEAST_CONFIDENCE = 0.4f;

    private static final int MOST_FAILURES = 3;

    /** One sequence of the smaller model's memory. */
    private static final class Slot {
        final int id;
        final TokenList tokens = new TokenList(new int[0]);

        @Nullable
        Sequence owner;

        int basis = -1;
        int most;
        int batchIndex;
        int[] guesses = NOTHING;

        Slot(int id) {
            this.id = id;
        }

        void addGuess(int token) {
            guesses = Arrays.copyOf(guesses, guesses.length + 1);
            guesses[guesses.length - 1] = token;
        }
    }

    private final Decoder decoder;
    private final DecoderLimits limits;
    private final int targetVocabularySize;
    private final TokenBatch batch;
    private final float[] row;
    private final List<Slot> slots = new ArrayList<>();
    private int failures;

    /** Owns {@code decoder}, whose memory can be cut. */
    ModelDrafter(Decoder decoder, int targetVocabularySize) {
        this.decoder = decoder;
        this.targetVocabularySize = targetVocabularySize;
        limits = decoder.limits();
        if (!limits.cutting()) {
            throw new IllegalArgumentException(
                    "the draft model's memory cannot take back tokens; use one without recurrent layers or sliding window");
        }
        batch = new TokenBatch(limits.batchSize());
        row = new float[limits.vocabularySize()];
        for (int id = 0; id < limits.sequences(); id++) {
            slots.add(new Slot(id));
        }
    }

    @Override
    public void prepare(List<Wish> wishes) {
        if (failures >= MOST_FAILURES) {
            return;
        }
        for (Slot slot : slots) {
            slot.basis = -1;
            slot.guesses = NOTHING;
            if (slot.owner != null && slot.owner.isFinished()) {
                slot.owner = null;
            }
        }
        List<Slot> thinking = catchUp(wishes);
        while (!thinking.isEmpty()) {
            thinking = guess(thinking);
        }
    }

    /** Reads what the sequences have that the smaller model has not seen; those that are all read can be guessed at. */
    private List<Slot> catchUp(List<Wish> wishes) {
        List<Slot> ready = new ArrayList<>();
        batch.clear();
        for (Wish wish : wishes) {
            TokenList tokens = wish.sequence().tokens();
            Slot slot = slotOf(wish.sequence());
            if (slot == null || tokens.size() + wish.most() > limits.sequenceCells()) {
                continue;
            }
            cut(slot, Math.min(slot.tokens.commonPrefix(tokens), tokens.size() - 1));
            int start = slot.tokens.size();
            int end = Math.min(
                    tokens.size(), start + Math.min(batch.room(), Math.max(MOST_CATCHING_UP - batch.size(), 0)));
            for (int i = start; i < end; i++) {
                add(slot, tokens.get(i), i == tokens.size() - 1);
            }
            if (end == tokens.size()) {
                slot.basis = end;
                slot.most = wish.most();
                slot.batchIndex = batch.size() - 1;
                ready.add(slot);
            }
        }
        return decode() ? ready : List.of();
    }

    private List<Slot> guess(List<Slot> thinking) {
        List<Slot> sure = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        for (Slot slot : thinking) {
            decoder.copyLogits(slot.batchIndex, row);
            int token = surest();
            if (token >= 0) {
                slot.addGuess(token);
                if (slot.guesses.length < slot.most) {
                    sure.add(slot);
                    tokens.add(token);
                }
            }
        }
        batch.clear();
        for (int i = 0; i < sure.size(); i++) {
            add(sure.get(i), tokens.get(i), true);
            sure.get(i).batchIndex = i;
        }
        return decode() ? sure : List.of();
    }

    private void add(Slot slot, int token, boolean output) {
        batch.add(token, slot.tokens.size(), slot.id, output);
        slot.tokens.add(token);
    }

    /** The likeliest token, or -1 if it is not likely enough. */
    private int surest() {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        float most = 1 / LEAST_CONFIDENCE;
        float sum = 0;
        for (int i = 0; i < row.length && sum <= most; i++) {
            sum += FloatExp.exp(row[i] - row[best]);
        }
        return sum <= most && best < targetVocabularySize ? best : -1;
    }

    /** Decodes the batch; false if there was nothing to do or it failed, in which case everything read is forgotten. */
    private boolean decode() {
        if (batch.size() == 0) {
            return false;
        }
        DecodeStatus status;
        try {
            status = decoder.decode(batch);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "the draft model failed", e);
            status = DecodeStatus.FAILED;
        }
        if (status == DecodeStatus.DECODED) {
            failures = 0;
            return true;
        }
        failures += status == DecodeStatus.NO_ROOM || status == DecodeStatus.ABORTED ? 0 : 1;
        if (failures == MOST_FAILURES) {
            LOGGER.log(
                    Level.WARNING,
                    "speculative decoding is off: the draft model failed " + failures + " times, last with status "
                            + status);
        }
        for (Slot slot : slots) {
            cut(slot, 0);
            slot.owner = null;
            slot.guesses = NOTHING;
        }
        return false;
    }

    private void cut(Slot slot, int length) {
        if (length < slot.tokens.size() || length == 0) {
            decoder.cut(slot.id, length);
            slot.tokens.truncate(length);
        }
    }

    /** The slot of a sequence; a new sequence takes over the free one that has read most of its tokens. */
    private @Nullable Slot slotOf(Sequence sequence) {
        Slot best = null;
        int longest = -1;
        for (Slot slot : slots) {
            if (slot.owner == sequence) {
                return slot;
            }
            int shared = slot.owner == null ? slot.tokens.commonPrefix(sequence.tokens()) : -1;
            if (shared > longest) {
                best = slot;
                longest = shared;
            }
        }
        if (best != null) {
            best.owner = sequence;
        }
        return best;
    }

    @Override
    public int[] draft(Sequence sequence, int most) {
        for (Slot slot : slots) {
            if (slot.owner == sequence && slot.basis == sequence.tokens().size()) {
                return slot.guesses.length <= most ? slot.guesses : Arrays.copyOf(slot.guesses, most);
            }
        }
        return NOTHING;
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
