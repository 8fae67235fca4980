package io.github.llamacpp4j.gguf;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** A byte array seen as a source. */
final class ByteArraySource implements ByteRangeSource {

    private final String description;
    private final byte[] bytes;

    ByteArraySource(String description, byte[] bytes) {
        this.description = description;
        this.bytes = bytes;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public OptionalLong sizeBytes() {
        return OptionalLong.of(bytes.length);
    }

    @Override
    public ByteBuffer read(long offset, int length) {
        int from = (int) Math.min(offset, bytes.length);
        return ByteBuffer.wrap(bytes, from, bytes.length - from).slice().asReadOnlyBuffer();
    }
}
