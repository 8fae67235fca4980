package io.github.llamacpp4j.grammar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The shared corpora, found by walking up from the working directory; absent ones skip the test. */
final class Corpus {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Corpus() {}

    static Optional<Path> find(String relative) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path path = folder.resolve("shared").resolve(relative);
            if (Files.exists(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    static List<JsonNode> lines(String relative) {
        Optional<Path> path = find(relative);
        assumeTrue(path.isPresent(), "skipped: no shared/" + relative);
        List<JsonNode> nodes = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(path.orElseThrow())) {
                nodes.add(JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return nodes;
    }

    static void report(String message) {
        System.getLogger(Corpus.class.getName()).log(System.Logger.Level.INFO, message);
    }
}
