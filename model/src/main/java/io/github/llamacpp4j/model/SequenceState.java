package io.github.llamacpp4j.model;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * What one sequence of a context remembers, copied to memory outside the Java heap by {@link ContextState#copySequence}. It never
 * leaves the process, so it carries no checksum, and it fits the context it was copied from and no other.
 *
 * <p>Whoever asked for it closes it, before or after the context; closing twice does nothing. The context uses the memory of closed
 * copies for new ones, and frees it when it is closed itself. Thread-safe.
 */
public final class SequenceState implements AutoCloseable {

    private final Context origin;
    private final StateBuffers.Buffer buffer;
    private final long payloadBytes;
    private boolean closed;

    SequenceState(Context origin, StateBuffers.Buffer buffer, long payloadBytes) {
        this.origin = origin;
        this.buffer = buffer;
        this.payloadBytes = payloadBytes;
    }

    /**
     * How much memory it takes, in bytes. Memory that a closed copy had may be larger than what the sequence needs, but not more
     * than twice as large.
     */
    public long sizeBytes() {
        return buffer.sizeBytes();
    }

    /** Shows the bytes to the context they came from; {@link #close()} waits meanwhile. */
    synchronized void read(Context context, Consumer<MemorySegment> reader) {
        if (context != origin) {
            throw new StateException("this copy of a sequence belongs to another context: save the sequence instead");
        }
        if (closed) {
            throw new StateException("this copy of a sequence is closed");
        }
        reader.accept(buffer.start(payloadBytes));
    }

    /** Gives up the memory; waits for the end of a restoring. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            buffer.giveBack();
        }
    }
}
