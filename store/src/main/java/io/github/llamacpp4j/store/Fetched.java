package io.github.llamacpp4j.store;

import java.nio.file.Path;
import java.util.List;

/**
 * A model that has arrived and waits in a folder of its own to become part of the store.
 *
 * @param source where it came from, with the version that was found
 * @param files its files
 */
record Fetched(String source, List<File> files) {

    /**
     * @param path where it lies
     * @param sha256 its digest in lower-case hexadecimal
     */
    record File(Path path, String sha256) {}
}
