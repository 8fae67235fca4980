package io.github.llamacpp4j.store;

import io.github.llamacpp4j.store.StoreException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lock that one thread of one process on the machine holds at a time. The system releases it when the process ends in
 * whatever way; the file stays, since removing it would let two processes lock two files of one name.
 */
final class StoreLock {

    private static final long POLL_MILLIS = 100;

    /** The files that threads of this process hold: closing a second channel would release the system's lock of the first. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private StoreLock() {}

    /** Does something under the lock; {@code waiting} runs at every look at the lock that was in vain. */
    static <T> T holding(Path file, Runnable waiting, Supplier<T> work) {
        try {
            Path key = key(file);
            while (!HELD.add(key)) {
                waiting.run();
                Thread.sleep(POLL_MILLIS);
            }
            try {
                return holdingAlone(key, waiting, work);
            } finally {
                HELD.remove(key);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Kind.INTERRUPTED, "interrupted while waiting for whoever holds " + file, e);
        } catch (IOException e) {
            throw Disk.failure("cannot lock " + file, file, e);
        }
    }

    private static <T> T holdingAlone(Path file, Runnable waiting, Supplier<T> work)
            throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (tryLock(channel) == null) {
                waiting.run();
                Thread.sleep(POLL_MILLIS);
            }
            return work.get();
        }
    }

    private static Path key(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        return folder == null ? absolute : folder.toRealPath().resolve(absolute.getFileName());
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldThroughAnotherClassLoader) {
            return null;
        }
    }
}
