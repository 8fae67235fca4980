package io.github.llamacpp4j.store;

import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Properties;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the store does with files and folders. */
final class Disk {

    private static final long RESERVE_BYTES = 64L << 20;

    private final ToLongFunction<Path> usableBytes;

    /** @param usableBytes how much room there is at a path */
    Disk(ToLongFunction<Path> usableBytes) {
        this.usableBytes = usableBytes;
    }

    static Disk real() {
        return new Disk(folder -> {
            try {
                FileStore store = Files.getFileStore(folder);
                return store.getUsableSpace();
            } catch (IOException e) {
                throw failure("cannot tell how much room there is at " + folder, folder, e);
            }
        });
    }

    /**
     * Checks that there is room, and a reserve for everybody else.
     *
     * @throws StoreException if not
     */
    void requireSpace(Path folder, long bytes, String what) {
        long usable = usableBytes.applyAsLong(folder);
        if (bytes > 0 && usable < bytes + RESERVE_BYTES) {
            throw new StoreException(
                    Kind.NO_SPACE,
                    what + " needs " + megabytes(bytes + RESERVE_BYTES) + " at " + folder + ", only "
                            + megabytes(usable)
                            + " are free. Make room (llamacpp4j rm removes a model) or move the store with "
                            + "LLAMACPP4J_HOME.");
        }
    }

    /** The typed form of a failure of the file system. */
    static StoreException failure(String what, Path path, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new StoreException(Kind.INTERRUPTED, what + ": interrupted", cause);
        }
        String reason = String.valueOf(cause.getMessage());
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space") || lower.contains("not enough space") || lower.contains("quota")) {
            return new StoreException(Kind.NO_SPACE, what + ": the disk at " + path + " is full. Make room.", cause);
        }
        return new StoreException(Kind.STORAGE, what + ": " + cause.getClass().getSimpleName() + " " + reason, cause);
    }

    static Path createFolder(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw failure("cannot make the folder " + folder, folder, e);
        }
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw failure("cannot read " + file, file, e);
        }
    }

    /** How many bytes the files directly in a folder have. */
    static long folderSize(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(Disk::size).sum();
        } catch (IOException e) {
            throw failure("cannot list " + folder, folder, e);
        }
    }

    static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure("cannot move " + from + " to " + to, to, e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure("cannot delete " + file, file, e);
        }
    }

    /** Removes a folder and everything below it; a folder that is not there is no failure. */
    static void deleteTree(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw failure("cannot delete " + folder, folder, e);
        }
    }

    /** What a small file holds: nothing where it is absent or somebody damaged it, so that one file never spoils the store. */
    static Properties load(Path file) {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (NoSuchFileException | CharacterCodingException | IllegalArgumentException e) {
            return new Properties();
        } catch (IOException e) {
            throw failure("cannot read " + file, file, e);
        }
    }

    /** Writes a small file so that it is either the old one or the new one, also after a crash. */
    static void save(Properties properties, Path file) {
        Path partial = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try {
                try (var writer = Files.newBufferedWriter(partial)) {
                    properties.store(writer, null);
                }
                force(partial);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw failure("cannot write " + file, file, e);
        }
    }

    /** Makes sure that a file's bytes are on the disk before its name is. */
    static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
