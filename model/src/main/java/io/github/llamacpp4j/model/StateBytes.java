package io.github.llamacpp4j.model;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Moves states, which may be larger than 2 GiB, between native memory and files. */
final class StateBytes {

    private static final long CHUNK_BYTES = 16L << 20;

    private StateBytes() {}

    /** Native memory for a state. */
    static MemorySegment allocate(Arena arena, long size) {
        try {
            return arena.allocate(Math.max(1, size)).asSlice(0, size);
        } catch (OutOfMemoryError none) {
            throw new StateException("there is no memory for a state of " + size + " bytes", none);
        }
    }

    static void write(FileChannel channel, MemorySegment bytes) throws IOException {
        for (long start = 0; start < bytes.byteSize(); start += CHUNK_BYTES) {
            ByteBuffer chunk = chunk(bytes, start);
            while (chunk.hasRemaining()) {
                channel.write(chunk);
            }
        }
    }

    static void read(FileChannel channel, MemorySegment bytes) throws IOException {
        for (long start = 0; start < bytes.byteSize(); start += CHUNK_BYTES) {
            ByteBuffer chunk = chunk(bytes, start);
            while (chunk.hasRemaining()) {
                if (channel.read(chunk) < 0) {
                    throw new EOFException("the file ends too early");
                }
            }
        }
    }

    /** A view of at most {@link #CHUNK_BYTES} from {@code start}. */
    static ByteBuffer chunk(MemorySegment bytes, long start) {
        return bytes.asSlice(start, Math.min(CHUNK_BYTES, bytes.byteSize() - start))
                .asByteBuffer();
    }

    static long chunkBytes() {
        return CHUNK_BYTES;
    }
}
