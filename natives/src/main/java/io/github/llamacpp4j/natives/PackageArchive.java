package io.github.llamacpp4j.natives;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * The files of an npm package: a gzipped tar archive (POSIX ustar).
 *
 * <p>The archive is not trusted: a path that leaves the archive, a link, a device, too many files or too many bytes end
 * the reading with an exception.
 */
final class PackageArchive implements Closeable {

    static final int MAX_FILES = 10_000;
    static final long MAX_UNPACKED_BYTES = 4L << 30;

    private static final int BLOCK_BYTES = 512;
    private static final int SKIP_BYTES = 1 << 16;

    /** Takes one file. */
    @FunctionalInterface
    interface FileConsumer {
        void accept(String path, InputStream content) throws IOException;
    }

    private final CountingInputStream compressed;
    private final InputStream in;
    private final long maxUnpackedBytes;

    private PackageArchive(CountingInputStream compressed, InputStream in, long maxUnpackedBytes) {
        this.compressed = compressed;
        this.in = in;
        this.maxUnpackedBytes = maxUnpackedBytes;
    }

    static PackageArchive open(Path tarball) throws IOException {
        return open(Files.newInputStream(tarball), MAX_UNPACKED_BYTES);
    }

    static PackageArchive open(InputStream tarball, long maxUnpackedBytes) throws IOException {
        CountingInputStream compressed = new CountingInputStream(tarball);
        try {
            return new PackageArchive(compressed, new GZIPInputStream(compressed, SKIP_BYTES), maxUnpackedBytes);
        } catch (IOException e) {
            compressed.close();
            throw e;
        }
    }

    /** How much of the archive has been read, for a progress bar. */
    long compressedBytesRead() {
        return compressed.count;
    }

    /** Hands over the regular files in the archive's order. A consumer need not read all of a file. */
    void forEachFile(FileConsumer consumer) throws IOException {
        long unpacked = 0;
        byte[] header = new byte[BLOCK_BYTES];
        for (int entries = 0; readHeader(header); entries++) {
            if (entries >= MAX_FILES) {
                throw refused("more than " + MAX_FILES + " entries");
            }
            String path = path(header);
            long bytes = size(header);
            unpacked += bytes;
            if (unpacked > maxUnpackedBytes) {
                throw refused("more than " + maxUnpackedBytes + " bytes when unpacked");
            }
            EntryInputStream content = new EntryInputStream(in, bytes);
            switch (header[156]) {
                case '0', 0 -> consumer.accept(requireInside(path), content);
                case '5', 'g' -> {}
                default ->
                    throw refused("the entry \"" + path + "\" of type '" + (char) header[156]
                            + "'; expected files and directories only");
            }
            content.skipRest();
            skip(-bytes & (BLOCK_BYTES - 1));
        }
    }

    private boolean readHeader(byte[] header) throws IOException {
        int read = in.readNBytes(header, 0, BLOCK_BYTES);
        if (read == 0 || (read == BLOCK_BYTES && isZero(header))) {
            return false;
        }
        if (read < BLOCK_BYTES) {
            throw new EOFException("the package archive ends inside a header");
        }
        long sum = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        if (sum != octal(header, 148, 8)) {
            throw refused("a header whose checksum is wrong");
        }
        return true;
    }

    private static boolean isZero(byte[] block) {
        return Arrays.equals(block, new byte[BLOCK_BYTES]);
    }

    private static String path(byte[] header) throws IOException {
        boolean ustar = text(header, 257, 5).equals("ustar");
        String prefix = ustar ? text(header, 345, 155) : "";
        String name = text(header, 0, 100);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    static String requireInside(String path) throws IOException {
        boolean inside = !path.isEmpty()
                && !path.startsWith("/")
                && path.indexOf('\\') < 0
                && path.indexOf(':') < 0
                && path.indexOf('\0') < 0
                && Arrays.stream(path.split("/")).noneMatch(part -> part.equals("..") || part.equals("."));
        if (!inside) {
            throw refused("the path \"" + path + "\", which leads out of the package");
        }
        return path;
    }

    private static long size(byte[] header) throws IOException {
        long size = octal(header, 124, 12);
        if (size < 0) {
            throw refused("an entry of negative size");
        }
        return size;
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] header, int from, int length) throws IOException {
        String digits = text(header, from, length).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw refused("a header with \"" + digits + "\" where an octal number is expected");
        }
        return Long.parseLong(digits, 8);
    }

    private void skip(long bytes) throws IOException {
        new EntryInputStream(in, bytes).skipRest();
    }

    private static IOException refused(String found) {
        return new IOException("the package archive holds " + found);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** One entry's bytes. */
    private static final class EntryInputStream extends InputStream {

        private final InputStream in;
        private long left;

        EntryInputStream(InputStream in, long bytes) {
            this.in = in;
            this.left = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(buffer, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the package archive ends inside a file");
            }
            left -= read;
            return read;
        }

        void skipRest() throws IOException {
            byte[] buffer = new byte[(int) Math.min(left, SKIP_BYTES)];
            while (left > 0) {
                read(buffer, 0, buffer.length);
            }
        }
    }

    private static final class CountingInputStream extends FilterInputStream {

        private long count;

        CountingInputStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
