package io.github.llamacpp4j.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a batch and finds out whose fault it is if that fails: the sequences of a failed batch are tried again one by one, and
 * only one that fails alone is to blame.
 */
final class StepRunner {

    /** So many failures in a row, alone or together, cannot be the fault of single sequences. */
    private static final int MOST_FAILURES = 32;

    private static final int MOST_ABORTS = 3;

    /** What became of a batch. */
    enum Outcome {
        /** It is in the memory. */
        DECODED,
        /** The memory has no room even without what could be evicted. */
        NO_ROOM,
        /** Nothing happened yet; build a new batch. */
        RETRY,
        /** Its only sequence cannot be decoded; {@link #fault} says why. */
        GUILTY
    }

    private final Decoder decoder;
    private final SequenceStore store;
    private final Deque<Sequence> suspects = new ArrayDeque<>();
    private int failures;
    private int aborts;
    private EngineException fault = new DecodeFailedException("nothing has failed");

    StepRunner(Decoder decoder, SequenceStore store) {
        this.decoder = decoder;
        this.store = store;
    }

    /** The next sequence to be tried alone, if any. */
    @Nullable
    Sequence nextSuspect(List<Sequence> runnable) {
        while (!suspects.isEmpty()) {
            Sequence suspect = suspects.remove();
            if (!suspect.isFinished() && runnable.contains(suspect)) {
                return suspect;
            }
        }
        return null;
    }

    /** Why the last guilty sequence could not be decoded. */
    EngineException fault() {
        return fault;
    }

    Outcome run(TokenBatch batch, List<BatchSlice> slices, boolean alone) {
        if (!store.makeRoom(batch.size())) {
            return Outcome.NO_ROOM;
        }
        DecodeStatus status;
        @Nullable RuntimeException cause = null;
        try {
            status = decoder.decode(batch);
        } catch (RuntimeException e) {
            status = DecodeStatus.FAILED;
            cause = e;
        }
        return switch (status) {
            case DECODED -> {
                failures = 0;
                aborts = 0;
                yield Outcome.DECODED;
            }
            case NO_ROOM -> store.evict() ? Outcome.RETRY : Outcome.NO_ROOM;
            case ABORTED -> ++aborts <= MOST_ABORTS ? restored(slices) : failed(slices, alone, status, cause);
            case INVALID, FAILED -> failed(slices, alone, status, cause);
        };
    }

    private Outcome restored(List<BatchSlice> slices) {
        slices.forEach(slice -> store.restore(slice.branch()));
        return Outcome.RETRY;
    }

    private Outcome failed(
            List<BatchSlice> slices, boolean alone, DecodeStatus status, @Nullable RuntimeException cause) {
        if (++failures > MOST_FAILURES) {
            throw new IllegalStateException(
                    "the decoder failed " + MOST_FAILURES + " times in a row, last with status " + status, cause);
        }
        restored(slices);
        if (alone) {
            Sequence guilty = slices.getFirst().sequence();
            String message = "decoding failed with status " + status + " at token " + guilty.decoded() + " of "
                    + guilty.tokens().size() + ", also when tried alone";
            fault = cause == null
                    ? new DecodeFailedException(message)
                    : new DecodeFailedException(message + ": " + cause.getMessage(), cause);
            return Outcome.GUILTY;
        }
        slices.forEach(slice -> suspects.add(slice.sequence()));
        return Outcome.RETRY;
    }
}
