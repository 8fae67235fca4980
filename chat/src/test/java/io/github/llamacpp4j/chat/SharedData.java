package io.github.llamacpp4j.chat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Corpora beside the repository, which may be absent. */
final class SharedData {
    private SharedData() {}

    static Optional<Path> find(String relative) {
        Path directory = Path.of("").toAbsolutePath();
        for (Path at = directory; at != null; at = at.getParent()) {
            Path shared = at.resolve("shared").resolve(relative);
            if (Files.exists(shared)) {
                return Optional.of(shared);
            }
        }
        return Optional.empty();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
