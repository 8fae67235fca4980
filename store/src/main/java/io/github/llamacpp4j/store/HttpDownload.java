package io.github.llamacpp4j.store;

import io.github.llamacpp4j.store.PullListener.Step;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file on its way from a web server to a {@code .part} file. What has arrived survives a cut connection and the end
 * of the process; beside it lies what is needed to ask for the rest and to know that the rest belongs to it: the
 * server's validator of the version. A strong validator goes out as {@code If-Range}, so that a server whose file has
 * changed sends the whole new file. Where the server has no validator, the last bytes are asked for again and compared.
 * Not thread-safe.
 */
final class HttpDownload {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18}|\\*)");
    private static final int OVERLAP_BYTES = 1 << 16;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final WebClient web;
    private final Disk disk;
    private final RemoteFile file;
    private final Path part;
    private final Path versionPath;
    private final PullListener listener;

    private MessageDigest digest = Digests.sha256();
    private long digestedBytes;

    HttpDownload(WebClient web, Disk disk, RemoteFile file, Path part, PullListener listener) {
        this.web = web;
        this.disk = disk;
        this.file = file;
        this.part = part;
        this.versionPath = part.resolveSibling(part.getFileName() + ".state");
        this.listener = listener;
    }

    /** Fetches what is missing; returns the SHA-256 of the whole. The {@code .part} file is then complete. */
    String fetch() {
        int failures = 0;
        long most = Disk.size(part);
        while (true) {
            try {
                boolean taken = attempt();
                if (!taken) {
                    taken = attempt();
                }
                if (!taken) {
                    throw new StoreException(
                            Kind.NETWORK, file.address() + " sends parts of a file that were not asked for");
                }
                Disk.delete(versionPath);
                return verified();
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new StoreException(
                            Kind.INTERRUPTED, "interrupted; the download goes on where it was left next time", e);
                }
                long now = Disk.size(part);
                failures = now > most ? 1 : failures + 1;
                most = Math.max(most, now);
                if (failures >= web.options().attempts()) {
                    throw new StoreException(
                            Kind.NETWORK,
                            "cannot fetch " + file.address() + ": " + WebClient.reason(e) + " (" + failures
                                    + " tries without a new byte). What has arrived is kept; try again later.",
                            e);
                }
                pause(failures);
            }
        }
    }

    private String verified() {
        String sha256 = Digests.hex(digest);
        if (file.pin().isPinned() && !file.pin().sha256().equals(sha256)) {
            Disk.delete(part);
            throw new StoreException(
                    Kind.CHECKSUM,
                    file.address() + " has the SHA-256 " + sha256 + ", expected "
                            + file.pin().sha256()
                            + ". The file was deleted; the server may have been changed or tampered with.");
        }
        return sha256;
    }

    /** Asks once and takes what comes; false if what was there turned out useless and all must be asked for again. */
    private boolean attempt() throws IOException {
        FileVersion version = FileVersion.load(versionPath);
        long have = Disk.size(part);
        boolean certain = !version.validator().isEmpty() || file.pin().isPinned();
        long from = certain ? have : Math.max(0, have - OVERLAP_BYTES);
        Map<String, String> headers = new LinkedHashMap<>();
        if (have > 0) {
            headers.put("Range", "bytes=" + from + "-");
            if (!version.validator().isEmpty()) {
                headers.put("If-Range", version.validator());
            }
        }
        try (WebClient.Answer answer = web.get(file.address(), headers)) {
            boolean taken = switch (answer.status()) {
                case 200 -> take(answer, 0, 0, length(answer));
                case 206 -> have > 0 && takePart(answer, version, from, have);
                case 416 -> have > 0 && isWhole(answer, have);
                default -> throw web.refused(file.address(), answer);
            };
            if (!taken) {
                restart();
            }
            return taken;
        }
    }

    private boolean takePart(WebClient.Answer answer, FileVersion version, long from, long have) throws IOException {
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != from) {
            return false;
        }
        long total = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
        return !version.excludes(answer, total) && take(answer, from, have, total);
    }

    private boolean isWhole(WebClient.Answer answer, long have) {
        boolean whole = answer.header("Content-Range").orElse("").equals("bytes */" + have);
        if (whole) {
            digestUpTo(have);
        }
        return whole;
    }

    private void restart() {
        Disk.delete(part);
        Disk.delete(versionPath);
    }

    private static long length(WebClient.Answer answer) {
        return answer.headers().firstValueAsLong("Content-Length").orElse(-1);
    }

    /** Takes an answer that begins at {@code from}; false if it differs from what is here up to {@code have}. */
    private boolean take(WebClient.Answer answer, long from, long have, long total) throws IOException {
        check(total);
        if (have == 0) {
            restart();
        }
        disk.requireSpace(part.resolveSibling(".").normalize(), total - have, file.name());
        if (have == 0) {
            FileVersion.of(answer, total).save(versionPath);
        }
        digestUpTo(have);
        listener.progress(Step.DOWNLOAD, file.name(), have, total);
        try (FileChannel out = open();
                StallGuard guard = new StallGuard(answer.body(), web.options().stallTimeout())) {
            InputStream in = guard.stream();
            if (from < have && !Arrays.equals(in.readNBytes((int) (have - from)), end(have - from))) {
                return false;
            }
            copy(answer, in, out, have, total);
            return true;
        }
    }

    /** The last bytes of what is here. */
    private byte[] end(long length) {
        try (FileChannel in = FileChannel.open(part, StandardOpenOption.READ)) {
            return Channels.newInputStream(in.position(in.size() - length)).readAllBytes();
        } catch (IOException e) {
            throw Disk.failure("cannot read " + part, part, e);
        }
    }

    private void check(long total) {
        if (total > web.options().maxFileBytes()) {
            throw new StoreException(
                    Kind.TOO_LARGE,
                    file.address() + " has " + total + " bytes, the limit is "
                            + web.options().maxFileBytes());
        }
        if (total >= 0 && file.pin().sizeBytes() >= 0 && total != file.pin().sizeBytes()) {
            throw new StoreException(
                    Kind.CHECKSUM,
                    file.address() + " has " + total + " bytes, expected "
                            + file.pin().sizeBytes());
        }
    }

    private FileChannel open() {
        try {
            return FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw Disk.failure("cannot write " + part, part, e);
        }
    }

    private void copy(WebClient.Answer answer, InputStream in, FileChannel out, long start, long total)
            throws IOException {
        byte[] buffer = new byte[Digests.BUFFER_BYTES];
        long done = start;
        for (int read = fill(in, buffer, done == 0); read > 0; read = fill(in, buffer, false)) {
            if (done == 0) {
                requireMagic(answer, buffer, read);
            }
            if (done + read > web.options().maxFileBytes()) {
                throw new StoreException(
                        Kind.TOO_LARGE,
                        file.address() + " sends more than the limit of "
                                + web.options().maxFileBytes() + " bytes");
            }
            write(out, buffer, read);
            digest.update(buffer, 0, read);
            done += read;
            digestedBytes = done;
            listener.progress(Step.DOWNLOAD, file.name(), done, total);
        }
        if (done < total) {
            throw new IOException("the connection was cut after " + done + " of " + total + " bytes");
        }
        if (done == 0) {
            throw new StoreException(Kind.NOT_A_MODEL, file.address() + " is empty");
        }
    }

    /** Reads some bytes, and at the very start at least four, so that the magic number can be seen. */
    private static int fill(InputStream in, byte[] buffer, boolean first) throws IOException {
        int read = in.read(buffer);
        while (first && read >= 0 && read < 4) {
            int more = in.read(buffer, read, buffer.length - read);
            if (more < 0) {
                return read;
            }
            read += more;
        }
        return read;
    }

    private void requireMagic(WebClient.Answer answer, byte[] buffer, int length) {
        String start = new String(buffer, 0, Math.min(length, 64), StandardCharsets.ISO_8859_1);
        if (start.startsWith("GGUF")) {
            return;
        }
        String type = answer.header("Content-Type").orElse("");
        boolean page = type.contains("html") || start.stripLeading().startsWith("<");
        boolean pointer = start.startsWith("version https://git-lfs");
        throw new StoreException(
                Kind.NOT_A_MODEL,
                file.address() + " is not a GGUF file: "
                        + (page
                                ? "the server sent a web page. Check that the address is that of the file itself "
                                        + "(on Hugging Face with /resolve/ and not /blob/) and needs no log-in."
                                : pointer
                                        ? "it is a Git LFS pointer. Use the address that serves the file itself."
                                        : "it does not begin with the letters GGUF."));
    }

    private void write(FileChannel out, byte[] buffer, int length) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw Disk.failure("cannot write " + part, part, e);
        }
    }

    private void digestUpTo(long size) {
        if (digestedBytes == size) {
            return;
        }
        digest = Digests.sha256();
        digestedBytes = size;
        if (size > 0) {
            try {
                Digests.update(digest, part);
            } catch (IOException e) {
                throw Disk.failure("cannot read " + part, part, e);
            }
        }
    }

    private void pause(int failures) {
        long nanos =
                Math.min(LONGEST_PAUSE.toNanos(), web.options().retryPause().toNanos() << Math.min(failures - 1, 10));
        LockSupport.parkNanos(nanos);
    }
}
