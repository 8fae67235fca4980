package io.github.llamacpp4j.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An entry of the tensor table. Immutable and thread-safe.
 *
 * @param name name, unique in the file
 * @param dimensions elements per dimension, the fastest varying one first; 0 to 4 of them
 * @param type how elements are stored
 * @param offset where the data starts, in bytes from the start of the data section
 * @param fileOffset where the data starts, in bytes from the start of the file
 * @param sizeBytes size of the data in bytes, without padding
 */
public record GgufTensor(
        String name, List<Long> dimensions, GgmlType type, long offset, long fileOffset, long sizeBytes) {

    /** Copies the list. */
    public GgufTensor {
        dimensions = List.copyOf(dimensions);
    }

    /** The number of elements. */
    public long elements() {
        long product = 1;
        for (long dimension : dimensions) {
            product *= dimension;
        }
        return product;
    }

    /**
     * The tensor's data, little-endian.
     *
     * @param source the source from which the file was read
     * @throws GgufException if the data is larger than 2 GiB, the source ends before it, or reading fails
     */
    public ByteBuffer read(ByteRangeSource source) {
        if (sizeBytes > Integer.MAX_VALUE) {
            throw new GgufException(source.description() + ": tensor " + name + " has " + sizeBytes
                    + " bytes; at most 2^31-1 can be read at once");
        }
        if (sizeBytes == 0) {
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        try {
            ByteBuffer data = source.read(fileOffset, (int) sizeBytes);
            if (data.remaining() < sizeBytes) {
                throw new GgufException(
                        source.description(),
                        fileOffset,
                        "tensor " + name + " should have " + sizeBytes + " bytes, the file ends after "
                                + data.remaining());
            }
            return data.slice(data.position(), (int) sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new GgufException("cannot read tensor " + name + " of " + source.description() + ": " + e, e);
        }
    }
}
