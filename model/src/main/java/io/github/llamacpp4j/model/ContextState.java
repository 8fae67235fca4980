package io.github.llamacpp4j.model;

import static io.github.llamacpp4j.ffi.generated.LlamaH.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Saves what a context remembers, whole or one sequence, and restores it into a context of the same model. Logits and
 * embeddings are not part of it.
 *
 * <p>llama.cpp believes every byte of a state and can be led to hang or to end the process by a changed one. So each state
 * carries a header with the model's fingerprint, the shape of the context and a checksum over everything, and nothing
 * reaches llama.cpp before all of that fits. This finds damage and mix-ups. It does not find a forgery: restore only
 * states that you, or somebody you trust, have saved.
 *
 * <p>Thread-safe as its {@link Context} is.
 */
public final class ContextState {

    private static final int WHOLE = -1;

    private final Context context;

    ContextState(Context context) {
        this.context = context;
    }

    /**
     * Everything that the context remembers.
     *
     * @throws StateException if it is larger than an array can be, or llama.cpp fails
     */
    public byte[] save() {
        return saveToArray(WHOLE);
    }

    /**
     * Saves everything to a file, which appears at once when it is complete.
     *
     * @throws StateException if it cannot be written, or llama.cpp fails
     */
    public void save(Path file) {
        saveToFile(WHOLE, file);
    }

    /**
     * What one sequence remembers.
     *
     * @throws StateException if it is larger than an array can be, or llama.cpp fails
     * @throws IllegalArgumentException if there is no such sequence
     */
    public byte[] saveSequence(int sequenceId) {
        context.memory().requireSequence(sequenceId);
        return saveToArray(sequenceId);
    }

    /**
     * Saves one sequence to a file, which appears at once when it is complete.
     *
     * @throws StateException if it cannot be written, or llama.cpp fails
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void saveSequence(int sequenceId, Path file) {
        context.memory().requireSequence(sequenceId);
        saveToFile(sequenceId, file);
    }

    /**
     * Replaces everything that the context remembers.
     *
     * @param state what {@link #save()} gave for a context of the same shape
     * @throws StateException if it is damaged, of another model or of another shape; the context is unchanged then. If
     *     llama.cpp refuses it, the context is left empty
     */
    public void restore(byte[] state) {
        restoreFromArray(WHOLE, state);
    }

    /**
     * Replaces everything that the context remembers by what a file holds.
     *
     * @throws StateException as {@link #restore(byte[])}, or if the file cannot be read
     */
    public void restore(Path file) {
        restoreFromFile(WHOLE, file);
    }

    /**
     * Replaces what one sequence remembers.
     *
     * @param sequenceId the sequence, not necessarily the one that was saved
     * @param state what {@link #saveSequence(int)} gave
     * @throws StateException if it is damaged, of another model or in another format; the context is unchanged then. If
     *     llama.cpp refuses it, for example for lack of room, the sequence is left empty
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void restoreSequence(int sequenceId, byte[] state) {
        context.memory().requireSequence(sequenceId);
        restoreFromArray(sequenceId, state);
    }

    /**
     * Replaces what one sequence remembers by what a file holds.
     *
     * @throws StateException as {@link #restoreSequence(int, byte[])}, or if the file cannot be read
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void restoreSequence(int sequenceId, Path file) {
        context.memory().requireSequence(sequenceId);
        restoreFromFile(sequenceId, file);
    }

    /**
     * Copies what one sequence remembers to memory outside the Java heap, to be restored into this context later: the fast way to
     * make room for a while.
     *
     * @return the copy, to be closed by the caller
     * @throws StateException if there is no memory for it, or llama.cpp fails
     * @throws IllegalArgumentException if there is no such sequence
     */
    public SequenceState copySequence(int sequenceId) {
        context.memory().requireSequence(sequenceId);
        return context.exclusively(pointer -> {
            long size = size(pointer, sequenceId);
            StateBuffers.Buffer buffer = context.stateBuffers().lend(size);
            try {
                return new SequenceState(context, buffer, read(pointer, buffer.start(size), sequenceId));
            } catch (RuntimeException e) {
                buffer.giveBack();
                throw e;
            }
        });
    }

    /**
     * Replaces what one sequence remembers by a copy, which stays as it is.
     *
     * @param sequenceId the sequence, not necessarily the one that was copied
     * @throws StateException if the copy is closed or of another context. If llama.cpp refuses it, for example for lack of room, the sequence
     *     is left empty
     * @throws IllegalArgumentException if there is no such sequence
     */
    public void restoreSequence(int sequenceId, SequenceState copy) {
        context.memory().requireSequence(sequenceId);
        context.exclusively(pointer -> {
            copy.read(context, payload -> write(sequenceId, payload));
            return copy;
        });
    }

    private byte[] saveToArray(int sequenceId) {
        return context.exclusively(pointer -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment payload = read(pointer, arena, sequenceId);
                if (payload.byteSize() > Integer.MAX_VALUE - StateHeader.BYTES - Long.BYTES) {
                    throw new StateException(
                            "a state of " + payload.byteSize() + " bytes is too large for an array: save it to a file");
                }
                byte[] state = new byte[StateHeader.BYTES + (int) payload.byteSize()];
                StateHeader.of(context.facts(), context.options(), sequenceId == WHOLE, payload)
                        .write(ByteBuffer.wrap(state));
                MemorySegment.copy(payload, JAVA_BYTE, 0, state, StateHeader.BYTES, (int) payload.byteSize());
                return state;
            }
        });
    }

    private void saveToFile(int sequenceId, Path file) {
        Path target = file.toAbsolutePath();
        context.exclusively(pointer -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment payload = read(pointer, arena, sequenceId);
                ByteBuffer header = ByteBuffer.allocate(StateHeader.BYTES);
                StateHeader.of(context.facts(), context.options(), sequenceId == WHOLE, payload)
                        .write(header);
                Path part = Files.createTempFile(target.getParent(), "state-", ".part");
                try {
                    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                        StateBytes.write(channel, MemorySegment.ofBuffer(header.flip()));
                        StateBytes.write(channel, payload);
                    }
                    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(part);
                }
                return target;
            } catch (IOException unwritable) {
                throw new StateException("cannot write the state to " + target + ": " + unwritable, unwritable);
            }
        });
    }

    private MemorySegment read(MemorySegment pointer, Arena arena, int sequenceId) {
        MemorySegment state = StateBytes.allocate(arena, size(pointer, sequenceId));
        return state.asSlice(0, read(pointer, state, sequenceId));
    }

    private long size(MemorySegment pointer, int sequenceId) {
        requireMemory();
        return sequenceId == WHOLE ? llama_state_get_size(pointer) : llama_state_seq_get_size(pointer, sequenceId);
    }

    private static long read(MemorySegment pointer, MemorySegment destination, int sequenceId) {
        long size = destination.byteSize();
        long written = sequenceId == WHOLE
                ? llama_state_get_data(pointer, destination, size)
                : llama_state_seq_get_data(pointer, destination, size, sequenceId);
        if (written <= 0 || written > size) {
            throw new StateException("llama.cpp cannot save this state of " + size + " bytes");
        }
        return written;
    }

    private void requireMemory() {
        if (!context.facts().hasMemory()) {
            throw new IllegalStateException("this model keeps no memory between batches: there is no state");
        }
        if (context.facts().stateful() && context.options().recurrentSnapshots() > 0) {
            throw new IllegalStateException(
                    "the state of a recurrent model with recurrentSnapshots cannot be saved or restored");
        }
    }

    private void restoreFromArray(int sequenceId, byte[] state) {
        StateHeader header = StateHeader.read(ByteBuffer.wrap(state, 0, Math.min(state.length, StateHeader.BYTES)));
        header.requireFitting(context.facts(), context.options(), sequenceId == WHOLE, state.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment payload = StateBytes.allocate(arena, header.payloadBytes());
            MemorySegment.copy(state, StateHeader.BYTES, payload, JAVA_BYTE, 0, (int) header.payloadBytes());
            write(sequenceId, header, payload);
        }
    }

    private void restoreFromFile(int sequenceId, Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            ByteBuffer start = ByteBuffer.allocate(StateHeader.BYTES);
            StateBytes.read(channel, MemorySegment.ofBuffer(start));
            StateHeader header = StateHeader.read(start);
            header.requireFitting(context.facts(), context.options(), sequenceId == WHOLE, channel.size());
            MemorySegment payload = StateBytes.allocate(arena, header.payloadBytes());
            StateBytes.read(channel, payload);
            write(sequenceId, header, payload);
        } catch (IOException unreadable) {
            throw new StateException("cannot read the state from " + file + ": " + unreadable, unreadable);
        }
    }

    private void write(int sequenceId, StateHeader header, MemorySegment payload) {
        header.requireSound(payload);
        write(sequenceId, payload);
    }

    private void write(int sequenceId, MemorySegment payload) {
        context.exclusively(pointer -> {
            requireMemory();
            context.forgetOutputs();
            long mark = NativeRuntime.logMark();
            long size = payload.byteSize();
            long read = sequenceId == WHOLE
                    ? llama_state_set_data(pointer, payload, size)
                    : llama_state_seq_set_data(pointer, payload, size, sequenceId);
            if (read == 0) {
                if (sequenceId == WHOLE) {
                    context.memory().clear(false);
                } else {
                    context.memory().remove(sequenceId);
                }
                throw new StateException(NativeLog.appendTo(
                        "llama.cpp refuses this state; the context may have too little room for it",
                        NativeRuntime.linesSince(mark)));
            }
            return read;
        });
    }
}
