package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * What the sequences of a context remember ({@code llama_memory_t}): positions with keys and values, or a recurrent
 * state. Positions count from 0; a range goes from its first position up to, not including, its end.
 *
 * <p>Thread-safe as its {@link Context} is. Contexts of models without a memory, such as BERT, answer with empty
 * sequences and do nothing.
 */
public final class ContextMemory {

    /** For the end of a range: everything from its start. */
    public static final int TO_THE_END = Integer.MAX_VALUE;

    private static final int NATIVE_OPEN_END = -1;

    private final Context context;

    ContextMemory(Context context) {
        this.context = context;
    }

    /**
     * Removes everything.
     *
     * @param data whether the buffers are overwritten with zeros as well, which takes time and is rarely needed
     */
    public void clear(boolean data) {
        run(memory -> {
            llama_memory_clear(memory, data);
            return data;
        });
    }

    /**
     * Removes a whole sequence, which always works.
     *
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void remove(int sequenceId) {
        remove(sequenceId, 0, TO_THE_END);
    }

    /**
     * Removes a range of positions from a sequence.
     *
     * @param sequenceId the sequence
     * @param from the first position
     * @param to the end, or {@link #TO_THE_END}
     * @return {@code false} if this memory cannot remove a part of a sequence, as recurrent ones cannot; nothing has
     *     changed then
     * @throws IllegalArgumentException if there is no such sequence or the range is none
     */
    public boolean remove(int sequenceId, int from, int to) {
        requireSequence(sequenceId);
        requireRange(from, to);
        return from == to
                || run(memory -> !leavesAnEnd(memory, sequenceId, from, to)
                        && llama_memory_seq_rm(memory, sequenceId, from, nativeEnd(to)));
    }

    /**
     * Whether a recurrent state would have to forget positions before its last one. llama.cpp says that it did, leaves the
     * state as it is, and in a hybrid memory removes the keys and values that the state still contains.
     */
    private boolean leavesAnEnd(MemorySegment memory, int sequenceId, int from, int to) {
        if (!context.facts().stateful()) {
            return false;
        }
        int last = llama_memory_seq_pos_max(memory, sequenceId);
        return from <= last && to <= last;
    }

    /**
     * Makes a sequence remember what another one does, in place of what it remembered itself. With a unified cache the
     * two share memory; otherwise it is copied.
     *
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void copy(int source, int destination) {
        copy(source, destination, 0, TO_THE_END);
    }

    /**
     * Makes a sequence, which must be empty in that range, remember what another one does there.
     *
     * @param source the sequence that is copied
     * @param destination the sequence that receives it
     * @param from the first position
     * @param to the end, or {@link #TO_THE_END}
     * @throws IllegalArgumentException if there is no such sequence, the range is none, or only whole sequences can be
     *     copied: without {@link ContextOptions#unifiedCache()}, and with recurrent models
     */
    public void copy(int source, int destination, int from, int to) {
        requireSequence(source);
        requireSequence(destination);
        requireRange(from, to);
        boolean whole = from == 0 && to == TO_THE_END;
        ContextFacts facts = context.facts();
        if (!whole && (facts.splitStreams() || facts.stateful())) {
            throw new IllegalArgumentException("only a whole sequence can be copied here: "
                    + (facts.stateful() ? "the model is recurrent" : "the context was made without unifiedCache")
                    + "; found positions " + from + " to " + to);
        }
        if (source == destination || from == to) {
            return;
        }
        run(memory -> {
            if (whole) {
                llama_memory_seq_rm(memory, destination, 0, NATIVE_OPEN_END);
            }
            llama_memory_seq_cp(memory, source, destination, whole ? NATIVE_OPEN_END : from, nativeEnd(to));
            return whole;
        });
    }

    /**
     * Removes all sequences but one.
     *
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void keep(int sequenceId) {
        requireSequence(sequenceId);
        run(memory -> {
            for (int other = 0; other < context.maxSequences(); other++) {
                if (other != sequenceId) {
                    llama_memory_seq_rm(memory, other, 0, NATIVE_OPEN_END);
                }
            }
            return sequenceId;
        });
    }

    /** Whether positions can be moved, see {@link #shift(int, int, int, int)} and {@link #divide(int, int, int, int)}. */
    public boolean canShift() {
        return run(memory -> memory.address() != 0 && llama_memory_can_shift(memory));
    }

    /**
     * Moves the positions of a range, for example to close the gap that {@link #remove(int, int, int)} left. Takes effect
     * with the next decode. Sequences that share memory move together.
     *
     * @param sequenceId the sequence
     * @param from the first position
     * @param to the end, or {@link #TO_THE_END}
     * @param delta how far, negative towards the start
     * @throws IllegalArgumentException if there is no such sequence, the range is none, or a position would become
     *     negative or exceed the largest number
     * @throws IllegalStateException if positions cannot be moved
     */
    public void shift(int sequenceId, int from, int to, int delta) {
        requireSequence(sequenceId);
        requireRange(from, to);
        run(memory -> {
            requireShift(memory);
            int first = Math.max(from, llama_memory_seq_pos_min(memory, sequenceId));
            int last = Math.min(to - 1, llama_memory_seq_pos_max(memory, sequenceId));
            if (first > last || last < 0) {
                return delta;
            }
            if ((long) first + delta < 0 || (long) last + delta >= Integer.MAX_VALUE) {
                throw new IllegalArgumentException("positions " + first + " to " + last + " cannot be moved by " + delta
                        + ": they must stay from 0 to " + (Integer.MAX_VALUE - 1));
            }
            llama_memory_seq_add(memory, sequenceId, from, nativeEnd(to), delta);
            return delta;
        });
    }

    /**
     * Divides the positions of a range by a whole number. Takes effect with the next decode.
     *
     * @param sequenceId the sequence
     * @param from the first position
     * @param to the end, or {@link #TO_THE_END}
     * @param divisor 1 or more
     * @throws IllegalArgumentException if there is no such sequence, the range is none, or the divisor below 1
     * @throws IllegalStateException if positions cannot be moved
     */
    public void divide(int sequenceId, int from, int to, int divisor) {
        requireSequence(sequenceId);
        requireRange(from, to);
        if (divisor < 1) {
            throw new IllegalArgumentException("the divisor must be 1 or more, found " + divisor);
        }
        run(memory -> {
            requireShift(memory);
            if (from < to) {
                llama_memory_seq_div(memory, sequenceId, from, nativeEnd(to), divisor);
            }
            return divisor;
        });
    }

    /**
     * The smallest position that a sequence remembers, which is not 0 where a sliding window has forgotten; -1 if it is
     * empty.
     *
     * @throws IllegalArgumentException if there is no such sequence
     */
    public int firstPosition(int sequenceId) {
        requireSequence(sequenceId);
        return run(memory -> memory.address() == 0 ? -1 : llama_memory_seq_pos_min(memory, sequenceId));
    }

    /**
     * The largest position that a sequence remembers, -1 if it is empty. The next token's position is one more.
     *
     * @throws IllegalArgumentException if there is no such sequence
     */
    public int lastPosition(int sequenceId) {
        requireSequence(sequenceId);
        return run(memory -> memory.address() == 0 ? -1 : llama_memory_seq_pos_max(memory, sequenceId));
    }

    void requireSequence(int sequenceId) {
        if (sequenceId < 0 || sequenceId >= context.facts().maxSequences()) {
            throw new IllegalArgumentException("sequence ids of this context go from 0 to "
                    + (context.facts().maxSequences() - 1) + ", found " + sequenceId);
        }
    }

    private <T> T run(Function<MemorySegment, T> operation) {
        return context.exclusively(pointer -> operation.apply(llama_get_memory(pointer)));
    }

    private static void requireRange(int from, int to) {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "a range of positions starts at 0 or later and ends no earlier, found " + from + " to " + to);
        }
    }

    private static void requireShift(MemorySegment memory) {
        if (memory.address() == 0 || !llama_memory_can_shift(memory)) {
            throw new IllegalStateException("the positions of this model's memory cannot be moved");
        }
    }

    private static int nativeEnd(int to) {
        return to == TO_THE_END ? NATIVE_OPEN_END : to;
    }
}
