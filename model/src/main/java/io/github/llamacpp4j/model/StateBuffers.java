package io.github.llamacpp4j.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lends memory for copies of sequences and lends what came back again. New memory costs several times what the copying does: the
 * system hands it out page by page, the JDK fills it with zeros, and freeing it stops all threads for a moment.
 *
 * <p>What waits to be lent again is little beside what is lent: at most {@value #MOST_KEPT} buffers, and a quarter of the bytes that
 * are lent or a fixed number if that is more; what has waited longest is freed first. After {@link #close()} nothing waits. Thread-safe.
 */
final class StateBuffers implements AutoCloseable {

    static final int MOST_KEPT = 4;
    private static final int LENT_PER_KEPT = 4;

    private final Supplier<Arena> arenas;
    private final long alwaysKeptBytes;
    private final Deque<Buffer> kept = new ArrayDeque<>();
    private long lentBytes;
    private boolean closed;

    /**
     * Starts without any memory.
     *
     * @param arenas makes an arena that any thread may use and close
     * @param alwaysKeptBytes how many bytes may wait however little is lent
     */
    StateBuffers(Supplier<Arena> arenas, long alwaysKeptBytes) {
        this.arenas = arenas;
        this.alwaysKeptBytes = alwaysKeptBytes;
    }

    /**
     * The smallest buffer that waits, has at least so many bytes and at most twice as many, or else a new one of that size.
     *
     * @throws StateException if there is no memory for it
     */
    synchronized Buffer lend(long bytes) {
        Optional<Buffer> fitting = kept.stream()
                .filter(buffer -> buffer.sizeBytes() >= bytes && buffer.sizeBytes() - bytes <= bytes)
                .min(Comparator.comparingLong(Buffer::sizeBytes));
        fitting.ifPresent(kept::remove);
        Buffer buffer = fitting.orElseGet(() -> allocate(bytes));
        lentBytes += buffer.sizeBytes();
        return buffer;
    }

    private Buffer allocate(long bytes) {
        Arena arena = arenas.get();
        try {
            return new Buffer(arena, StateBytes.allocate(arena, bytes));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private synchronized void takeBack(Buffer buffer) {
        lentBytes -= buffer.sizeBytes();
        long limit = closed ? 0 : Math.max(alwaysKeptBytes, lentBytes / LENT_PER_KEPT);
        if (closed || buffer.sizeBytes() > limit) {
            buffer.arena.close();
        } else {
            kept.add(buffer);
        }
        while (kept.size() > MOST_KEPT || keptBytes() > limit) {
            kept.remove().arena.close();
        }
    }

    /** How much memory waits to be lent again. */
    synchronized long keptBytes() {
        return kept.stream().mapToLong(Buffer::sizeBytes).sum();
    }

    /** Frees what waits; what is lent is freed when it comes back. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        kept.forEach(buffer -> buffer.arena.close());
        kept.clear();
    }

    /** Memory that is lent, to be given back once by who borrowed it and not used after that. */
    final class Buffer {

        private final Arena arena;
        private final MemorySegment bytes;

        private Buffer(Arena arena, MemorySegment bytes) {
            this.arena = arena;
            this.bytes = bytes;
        }

        /** How large it is, which may be more than was asked for. */
        long sizeBytes() {
            return bytes.byteSize();
        }

        /** Its first bytes, with whatever was written there last. */
        MemorySegment start(long size) {
            return bytes.asSlice(0, size);
        }

        void giveBack() {
            takeBack(this);
        }
    }
}
