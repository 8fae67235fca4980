package io.github.llamacpp4j.natives;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes small npm packages, good and bad. */
final class Tarballs {

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    Tarballs file(String path, String content) {
        return entry(path, '0', content.getBytes(StandardCharsets.UTF_8));
    }

    Tarballs entry(String path, char type, byte[] content) {
        header(path, type, content.length);
        tar.writeBytes(content);
        tar.writeBytes(new byte[-content.length & 511]);
        return this;
    }

    /** A header alone, so that the size can be a lie. */
    Tarballs header(String path, char type, long size) {
        byte[] header = new byte[512];
        put(header, 0, path);
        put(header, 100, "0000644\0");
        put(header, 124, String.format("%011o\0", size));
        put(header, 136, "00000000000\0");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        long sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        tar.writeBytes(header);
        return this;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    byte[] end() {
        tar.writeBytes(new byte[1024]);
        return gzip();
    }

    byte[] gzip() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(tar.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
