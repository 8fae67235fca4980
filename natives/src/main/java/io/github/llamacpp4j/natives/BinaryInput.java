package io.github.llamacpp4j.natives;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Little-endian numbers and strings at positions of a file. A read past the end is an {@link EOFException}. */
final class BinaryInput {

    private static final int MAX_STRING_BYTES = 4096;

    private final FileChannel channel;
    private final long size;

    BinaryInput(FileChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.size();
    }

    long size() {
        return size;
    }

    int uint16(long position) throws IOException {
        return Short.toUnsignedInt(bytes(position, 2).getShort(0));
    }

    int int32(long position) throws IOException {
        return bytes(position, 4).getInt(0);
    }

    long uint32(long position) throws IOException {
        return Integer.toUnsignedLong(int32(position));
    }

    long int64(long position) throws IOException {
        return bytes(position, 8).getLong(0);
    }

    /** A zero-terminated string. */
    String string(long position) throws IOException {
        ByteBuffer buffer = bytes(position, Math.clamp(size - position, 0, MAX_STRING_BYTES));
        int length = 0;
        while (length < buffer.limit() && buffer.get(length) != 0) {
            length++;
        }
        return StandardCharsets.UTF_8.decode(buffer.slice(0, length)).toString();
    }

    private ByteBuffer bytes(long position, int length) throws IOException {
        if (position < 0 || position > size - length) {
            throw new EOFException("needs " + length + " bytes at " + position + " of " + size);
        }
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }
}
