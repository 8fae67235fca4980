package io.github.llamacpp4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The templates and scenarios of {@code shared/jinja}, read where they lie above the working directory. */
final class TemplateCorpus {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path root;

    private TemplateCorpus(Path root) {
        this.root = root;
    }

    static TemplateCorpus open() {
        for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            Path candidate = dir.resolve("shared").resolve("jinja");
            if (Files.isDirectory(candidate)) {
                return new TemplateCorpus(candidate);
            }
        }
        throw new IllegalStateException("found no shared/jinja beside or above the working directory");
    }

    List<String> names() {
        try (Stream<Path> files = Files.list(root.resolve("templates"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String source(String name) {
        return read(root.resolve("templates").resolve(name));
    }

    /** The contexts of the scenarios that the reference renders with a template. */
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> contexts(String name) {
        Map<String, Map<String, Object>> scenarios = new HashMap<>();
        for (JsonNode scenario : JSON.readTree(read(root.resolve("scenarios.json")))) {
            scenarios.put(scenario.get("name").asString(), (Map<String, Object>)
                    JSON.treeToValue(scenario.get("context"), Map.class));
        }
        List<Map<String, Object>> contexts = new ArrayList<>();
        read(root.resolve("expected").resolve(name.replace(".jinja", ".jsonl")))
                .lines()
                .map(JSON::readTree)
                .filter(line -> line.get("status").asString().equals("ok"))
                .forEach(line -> contexts.add(scenarios.get(line.get("scenario").asString())));
        return contexts;
    }
}
