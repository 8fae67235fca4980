package io.github.llamacpp4j.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * A file mapped into memory. The arena owns the mapping, so that closing the source ends every view of it with an
 * exception instead of a fault.
 */
final class MappedFile implements ByteRangeSource {

    private final Path path;
    private final Arena arena;
    private final MemorySegment bytes;

    private MappedFile(Path path, Arena arena, MemorySegment bytes) {
        this.path = path;
        this.arena = arena;
        this.bytes = bytes;
    }

    static MappedFile open(Path path) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new MappedFile(path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw new UncheckedIOException("cannot open " + path + ": " + e, e);
        }
    }

    @Override
    public String description() {
        return path.toString();
    }

    @Override
    public OptionalLong sizeBytes() {
        return OptionalLong.of(bytes.byteSize());
    }

    @Override
    public ByteBuffer read(long offset, int length) {
        long from = Math.min(offset, bytes.byteSize());
        return bytes.asSlice(from, Math.min(length, bytes.byteSize() - from)).asByteBuffer();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
