package io.github.llamacpp4j.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What one sequence of a context remembers, copied to memory outside the Java heap by {@link ContextState#copySequence}. It never
 * leaves the process, so it carries no checksum, and it fits the context it was copied from and no other.
 *
 * <p>Whoever asked for it closes it, but not while it is being restored; closing twice does nothing. Thread-safe.
 */
public final class SequenceState implements AutoCloseable {

    private final Context origin;
    private final Arena arena;
    private final MemorySegment payload;

    SequenceState(Context origin, Arena arena, MemorySegment payload) {
        this.origin = origin;
        this.arena = arena;
        this.payload = payload;
    }

    /** How much memory it takes, in bytes. */
    public long sizeBytes() {
        return payload.byteSize();
    }

    /** The bytes, for the context they came from. */
    MemorySegment payloadFor(Context context) {
        if (context != origin) {
            throw new StateException("this copy of a sequence belongs to another context: save the sequence instead");
        }
        if (!arena.scope().isAlive()) {
            throw new StateException("this copy of a sequence is closed");
        }
        return payload;
    }

    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
