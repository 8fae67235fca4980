package io.github.llamacpp4j.natives;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of installed and extracted sets, one sub-directory per set, named after its contents.
 *
 * <p>A set appears whole or not at all: it is written beside its place and renamed into it. When two processes write the
 * same set, the second rename fails, and the second process uses what the first one wrote.
 */
final class SetStore {

    private static final System.Logger LOGGER = System.getLogger(SetStore.class.getName());
    private static final String STAGING_PREFIX = ".part-";
    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

    /** Writes the files of a set into an empty directory. */
    @FunctionalInterface
    interface Filler {
        void fill(Path directory) throws IOException;
    }

    private final Path root;

    SetStore(Path root) {
        this.root = root;
    }

    /** The complete sets, sorted by directory name. */
    List<Path> sets() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(root)) {
            return directories
                    .filter(directory ->
                            !String.valueOf(directory.getFileName()).startsWith(STAGING_PREFIX))
                    .filter(SetStore::isComplete)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new NativeSetException("The native sets in " + root + " cannot be listed: " + e, e);
        }
    }

    /** Without a manifest that can be read, a directory is no set: perhaps a later release of llamacpp4j wrote it. */
    private static boolean isComplete(Path directory) {
        try {
            return NativeSetManifest.in(directory)
                    .filter(manifest -> manifest.isCompleteIn(directory))
                    .isPresent();
        } catch (NativeSetException unreadable) {
            LOGGER.log(Level.DEBUG, () -> "no native set: " + directory, unreadable);
            return false;
        }
    }

    /** The directory of a set when it is complete. */
    Optional<Path> find(NativeSetManifest manifest) {
        Path directory = root.resolve(manifest.directoryName());
        return isComplete(directory) ? Optional.of(directory) : Optional.empty();
    }

    /** An empty directory beside the sets, on the same file system. The caller deletes it. */
    Path newStaging() {
        try {
            Files.createDirectories(root);
            deleteAbandoned();
            return Files.createTempDirectory(root, STAGING_PREFIX);
        } catch (IOException e) {
            throw unwritable(root, e);
        }
    }

    /** Puts a staged set, with its manifest, into its place; returns the place. */
    Path publish(Path staged, NativeSetManifest manifest) {
        Path target = root.resolve(manifest.directoryName());
        try {
            Files.writeString(staged.resolve(NativeSetManifest.FILE_NAME), manifest.text());
            if (Files.exists(target) && !isComplete(target)) {
                Path aside = Files.createTempDirectory(root, STAGING_PREFIX);
                Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
                delete(aside);
            }
            Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw unwritable(root, e);
        } catch (IOException e) {
            if (!isComplete(target)) {
                throw unwritable(target, e);
            }
        }
        return target;
    }

    /** Writes a set unless it is there. */
    Path provide(NativeSetManifest manifest, Filler filler) {
        Optional<Path> present = find(manifest);
        if (present.isPresent()) {
            return present.get();
        }
        Path staging = newStaging();
        try {
            filler.fill(staging);
            return publish(staging, manifest);
        } catch (IOException e) {
            throw unwritable(root, e);
        } finally {
            delete(staging);
        }
    }

    private static NativeSetException unwritable(Path place, IOException e) {
        String reason = e instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : String.valueOf(e.getMessage());
        return new NativeSetException(
                "Native libraries cannot be written to " + place + " ("
                        + e.getClass().getSimpleName() + ": " + reason
                        + "). Expected a writable directory with about 30 MB of space. Point " + LlamaCppHome.VARIABLE
                        + " to one, or unpack the libraries beforehand and set " + NativeSets.DIRECTORY_VARIABLE
                        + " to their directory.",
                e);
    }

    private void deleteAbandoned() throws IOException {
        Instant limit = Instant.now().minus(ABANDONED_AFTER);
        try (Stream<Path> entries = Files.list(root)) {
            entries.filter(entry -> String.valueOf(entry.getFileName()).startsWith(STAGING_PREFIX))
                    .filter(entry -> isOlder(entry, limit))
                    .forEach(SetStore::delete);
        }
    }

    private static boolean isOlder(Path entry, Instant limit) {
        try {
            return Files.getLastModifiedTime(entry).toInstant().isBefore(limit);
        } catch (IOException goneMeanwhile) {
            return false;
        }
    }

    /** Deletes a directory with all in it; what cannot be deleted is left and logged. */
    static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException moved) {
            LOGGER.log(Level.TRACE, "{0} was renamed into place", directory);
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, () -> "left behind: " + directory, e);
        }
    }
}
