package io.github.llamacpp4j.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Bytes that can be asked for by range: a file, an array, or an object behind an HTTP server that answers range
 * requests. {@link GgufFile} asks for few and growing ranges, in ascending order.
 *
 * <p>Implementations say for themselves whether several threads may use them; the ones made here allow it.
 */
public interface ByteRangeSource extends AutoCloseable {

    /** What error messages call this source: a path or an address. */
    String description();

    /** The size of the whole, if it is known. May become known with the first {@link #read}. */
    OptionalLong sizeBytes();

    /**
     * The bytes from {@code offset}, positioned at the first one. A source may return more than was asked for, and
     * returns less only where the source ends.
     *
     * @param offset first byte, not negative
     * @param length how many bytes are wanted, at least 1
     */
    ByteBuffer read(long offset, int length) throws IOException;

    /** Releases what the source holds; reading afterwards is a caller's mistake. */
    @Override
    default void close() {}

    /**
     * A file, memory-mapped read-only until the source is closed.
     *
     * @throws UncheckedIOException if the file cannot be opened
     */
    static ByteRangeSource ofFile(Path path) {
        return MappedFile.open(path);
    }

    /** The bytes of an array, which must not change while the source is in use. */
    static ByteRangeSource ofBytes(String description, byte[] bytes) {
        return new ByteArraySource(description, bytes);
    }
}
