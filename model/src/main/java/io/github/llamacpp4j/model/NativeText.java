package io.github.llamacpp4j.model;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Texts on their way across the border. */
final class NativeText {

    private static final int FIRST_GUESS_BYTES = 256;

    private NativeText() {}

    /** A C function that writes a text into a buffer and returns the length that it has, or a negative number. */
    @FunctionalInterface
    interface Writer {
        int write(MemorySegment buffer, long capacity);
    }

    /** The whole text, however long it is: a buffer that turns out too small is replaced by one of the right size. */
    static Optional<String> read(Writer writer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(FIRST_GUESS_BYTES);
            int length = writer.write(buffer, buffer.byteSize());
            if (length >= FIRST_GUESS_BYTES) {
                buffer = arena.allocate(length + 1L);
                length = Math.min(writer.write(buffer, buffer.byteSize()), length);
            }
            if (length < 0) {
                return Optional.empty();
            }
            byte[] bytes = buffer.asSlice(0, length).toArray(JAVA_BYTE);
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /** The text behind a {@code const char *}; empty for NULL. */
    static Optional<String> of(MemorySegment pointer) {
        return pointer.address() == 0 ? Optional.empty() : Optional.of(pointer.getString(0));
    }
}
