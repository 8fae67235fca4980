package io.github.llamacpp4j.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A download that was begun and not ended. Pulling the same name goes on with it. Immutable and thread-safe.
 *
 * @param reference the name that was pulled
 * @param sizeBytes how much of it is on the disk
 */
public record UnfinishedDownload(String reference, long sizeBytes) {

    private static final String LABEL = "download.properties";
    private static final String REFERENCE = "reference";

    /** Writes into a download's folder what it is for. */
    static void label(Path folder, String reference) {
        Properties properties = new Properties();
        properties.setProperty(REFERENCE, reference);
        Disk.save(properties, folder.resolve(LABEL));
    }

    /** The download in a folder; empty where nothing has arrived, nothing tells what it is for, or it has just ended. */
    static Optional<UnfinishedDownload> in(Path folder) {
        long bytes = arrivedBytes(folder);
        return Optional.ofNullable(Disk.load(folder.resolve(LABEL)).getProperty(REFERENCE))
                .filter(reference -> bytes > 0)
                .map(reference -> new UnfinishedDownload(reference, bytes));
    }

    private static long arrivedBytes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.toString().endsWith(".part") || file.toString().endsWith(".gguf"))
                    .mapToLong(Disk::size)
                    .sum();
        } catch (NoSuchFileException ended) {
            return 0;
        } catch (IOException e) {
            throw Disk.failure("cannot read " + folder, folder, e);
        }
    }
}
