package io.github.llamacpp4j.store;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A GGUF on a web server, read by ranges. Not thread-safe. */
final class RemoteGguf implements ByteRangeSource {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final long MOST_BYTES_WITHOUT_RANGES = 256L << 20;

    private final WebClient web;
    private final URI address;
    private OptionalLong size = OptionalLong.empty();

    RemoteGguf(WebClient web, URI address) {
        this.web = web;
        this.address = address;
    }

    @Override
    public String description() {
        return address.toString();
    }

    @Override
    public OptionalLong sizeBytes() {
        return size;
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        Map<String, String> range = Map.of("Range", "bytes=" + offset + "-" + (offset + length - 1));
        try (WebClient.Answer answer = web.get(address, range)) {
            return switch (answer.status()) {
                case 206 -> part(answer, offset, length);
                case 200 -> fromStart(answer, offset, length);
                case 416 -> ByteBuffer.allocate(0);
                default -> throw web.refused(address, answer);
            };
        }
    }

    private ByteBuffer part(WebClient.Answer answer, long offset, int length) throws IOException {
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
            throw new StoreException(Kind.NETWORK, address + " answers with another range than was asked for");
        }
        if (!range.group(3).equals("*")) {
            size = OptionalLong.of(Long.parseLong(range.group(3)));
        }
        return read(answer, 0, length);
    }

    /** A server that knows no ranges sends the whole file; its beginning is taken and the rest left. */
    private ByteBuffer fromStart(WebClient.Answer answer, long offset, int length) throws IOException {
        if (offset + length > MOST_BYTES_WITHOUT_RANGES) {
            throw new StoreException(
                    Kind.NETWORK,
                    address + " cannot send parts of a file, and the header is too large: pull the model");
        }
        size = answer.headers().firstValueAsLong("Content-Length");
        return read(answer, offset, length);
    }

    private ByteBuffer read(WebClient.Answer answer, long skipped, int length) throws IOException {
        try (StallGuard guard = new StallGuard(answer.body(), web.options().stallTimeout())) {
            guard.stream().skipNBytes(skipped);
            return ByteBuffer.wrap(guard.stream().readNBytes(length));
        }
    }

    @Override
    public void close() {
        web.close();
    }
}
