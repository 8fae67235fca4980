package io.github.llamacpp4j.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A model in the store. Immutable and thread-safe.
 *
 * @param id name of its folder in the store, unique
 * @param references what it was pulled as: aliases and sources, each of which finds it; at least one
 * @param source where its bytes came from
 * @param files its files; several only for a split model, whose first file names the others
 * @param sha256 the SHA-256 of each file in lower-case hexadecimal, in the order of {@code files}
 * @param sizeBytes size of all files together
 * @param pulledAt when it arrived
 */
public record StoredModel(
        String id,
        List<String> references,
        String source,
        List<Path> files,
        List<String> sha256,
        long sizeBytes,
        Instant pulledAt) {

    /** Copies the lists. */
    public StoredModel {
        references = List.copyOf(references);
        files = List.copyOf(files);
        sha256 = List.copyOf(sha256);
    }

    /** The file to load: the only one, or the first of a split model. */
    public Path path() {
        return files.getFirst();
    }
}
