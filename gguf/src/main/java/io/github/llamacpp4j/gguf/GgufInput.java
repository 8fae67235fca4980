package io.github.llamacpp4j.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a header front to back through a window on a source. The window starts small and doubles, so that a remote
 * header of any size needs few requests and a small one few bytes.
 */
final class GgufInput {

    private static final int FIRST_WINDOW_BYTES = 256 << 10;
    private static final int LARGEST_WINDOW_BYTES = 16 << 20;
    private static final int BULK_BYTES = 1 << 20;

    private final ByteRangeSource source;
    private final long headerBytes;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowOffset;
    private int nextWindowBytes = FIRST_WINDOW_BYTES;

    GgufInput(ByteRangeSource source, long headerBytes) {
        this.source = source;
        this.headerBytes = headerBytes;
    }

    /** The offset of the next byte. */
    long position() {
        return windowOffset + window.position();
    }

    int int32(String what) {
        need(4, what);
        return window.getInt();
    }

    long int64(String what) {
        need(8, what);
        return window.getLong();
    }

    /** A count of things of at least {@code bytesEach} bytes, checked against a limit and against what is left. */
    int count(String what, int largest, int bytesEach) {
        long offset = position();
        long count = int64(what);
        if (count < 0 || count > largest) {
            throw fault(offset, what + " is " + Long.toUnsignedString(count) + ", the limit is " + largest);
        }
        requireLeft(offset, count * bytesEach, what);
        return (int) count;
    }

    String string(String what, int largestBytes) {
        int length = count("length of " + what, largestBytes, 1);
        return length == 0 ? "" : new String(bytes(length, what), StandardCharsets.UTF_8);
    }

    /** The next {@code length} bytes. Memory is taken as bytes arrive, so a false length costs nothing. */
    byte[] bytes(int length, String what) {
        byte[] bytes = new byte[Math.min(length, BULK_BYTES)];
        int filled = 0;
        while (filled < length) {
            int part = Math.min(length - filled, BULK_BYTES);
            need(part, what);
            if (filled + part > bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, Math.max(filled + part, bytes.length * 2L)));
            }
            window.get(bytes, filled, part);
            filled += part;
        }
        return bytes;
    }

    /** {@code count} strings. Memory is taken as they arrive. */
    GgufArray strings(int count, String what, int largestBytes) {
        int[] ends = new int[Math.min(count, 4096)];
        byte[] all = new byte[Math.min(count, 4096) * 8];
        int filled = 0;
        for (int i = 0; i < count; i++) {
            long offset = position();
            int length = count("length of string " + i + " of " + what, largestBytes, 1);
            if (filled > Integer.MAX_VALUE - 8 - length) {
                throw fault(offset, what + " holds more than 2 GiB of text");
            }
            if (filled + length > all.length) {
                byte[] next = bytes(length, what);
                all = Arrays.copyOf(all, (int) Math.min(Integer.MAX_VALUE - 8, (filled + length) * 2L));
                System.arraycopy(next, 0, all, filled, length);
            } else {
                need(length, what);
                window.get(all, filled, length);
            }
            filled += length;
            if (i == ends.length) {
                ends = Arrays.copyOf(ends, (int) Math.min(count, ends.length * 2L));
            }
            ends[i] = filled;
        }
        return GgufArray.ofStrings(Arrays.copyOf(all, filled), Arrays.copyOf(ends, count));
    }

    GgufException fault(long offset, String message) {
        return new GgufException(source.description(), offset, message);
    }

    private void requireLeft(long offset, long bytes, String what) {
        long end = Math.min(headerBytes, source.sizeBytes().orElse(Long.MAX_VALUE));
        if (bytes > end - position()) {
            throw fault(
                    offset,
                    what + " needs " + bytes + " bytes, "
                            + (end == headerBytes
                                    ? "the limit for the header is " + headerBytes
                                    : "the file ends after " + (end - position()) + ": it is truncated or damaged"));
        }
    }

    private void need(int bytes, String what) {
        if (window.remaining() >= bytes) {
            return;
        }
        long offset = position();
        requireLeft(offset, bytes, what);
        ByteBuffer next;
        try {
            next = source.read(offset, Math.max(bytes, nextWindowBytes));
        } catch (IOException e) {
            throw new GgufException("cannot read " + source.description() + ": " + e.getMessage(), e);
        }
        if (next.remaining() < bytes) {
            throw fault(
                    offset,
                    what + " needs " + bytes + " bytes, the file ends after " + next.remaining()
                            + ": it is truncated or damaged");
        }
        nextWindowBytes = Math.min(LARGEST_WINDOW_BYTES, nextWindowBytes * 2);
        windowOffset = offset - next.position();
        window = next.order(ByteOrder.LITTLE_ENDIAN);
    }
}
