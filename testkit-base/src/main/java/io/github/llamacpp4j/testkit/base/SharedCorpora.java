package io.github.llamacpp4j.testkit.base;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Finds the folder {@code shared} above the working directory, where the large corpora lie. Thread-safe. */
public final class SharedCorpora {

    private SharedCorpora() {}

    /** The folder {@code shared}, if there is one. */
    public static Optional<Path> folder() {
        return above("shared");
    }

    /**
     * A file or folder in {@code shared}; the calling test is skipped, and says so, where it is absent.
     *
     * @param path relative to {@code shared}, such as {@code tokenizers/gpt-2.jsonl}
     */
    public static Path require(String path) {
        Optional<Path> found = folder().map(shared -> shared.resolve(path)).filter(Files::exists);
        Assumptions.assumeTrue(found.isPresent(), "skipped: shared/" + path + " is not there");
        return found.orElseThrow();
    }

    /** The nearest {@code relative} at or above the working directory. */
    static Optional<Path> above(String relative) {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null) {
            Path candidate = folder.resolve(relative);
            if (Files.exists(candidate)) {
                return Optional.of(candidate);
            }
            folder = folder.getParent();
        }
        return Optional.empty();
    }
}
