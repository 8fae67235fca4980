package io.github.llamacpp4j.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The reference renderings in {@code shared/jinja}, read where they lie. */
final class Corpus {
    /** One rendering and what the reference made of it. */
    record Case(String name, String template, Map<String, Object> context, Map<String, Object> expected) {
        String status() {
            return String.valueOf(expected.get("status"));
        }

        String tier() {
            return String.valueOf(expected.getOrDefault("tier", "core"));
        }
    }

    static final RenderOptions FIXED_CLOCK = RenderOptions.builder()
            .clock(Clock.fixed(Instant.parse("2026-01-15T12:34:56Z"), ZoneOffset.UTC))
            .build();

    private final Path root;

    private Corpus(Path root) {
        this.root = root;
    }

    /** The corpus, if a folder above the working directory has it in or beside itself. */
    static Optional<Corpus> find() {
        Path dir = Path.of("").toAbsolutePath();
        while (dir != null) {
            Path candidate = dir.resolve("shared").resolve("jinja");
            if (Files.isDirectory(candidate)) {
                return Optional.of(new Corpus(candidate));
            }
            dir = dir.getParent();
        }
        return Optional.empty();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The templates by file name. */
    Map<String, String> templates() {
        Map<String, String> templates = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(root.resolve("templates"))) {
            files.sorted().forEach(file -> templates.put(file.getFileName().toString(), read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return templates;
    }

    /** The contexts by scenario name. */
    @SuppressWarnings("unchecked")
    Map<String, Map<String, Object>> scenarios() {
        Map<String, Map<String, Object>> scenarios = new LinkedHashMap<>();
        Object all = TestJson.parse(read(root.resolve("scenarios.json")));
        for (Object scenario : (List<Object>) Objects.requireNonNull(all)) {
            Map<String, Object> fields = (Map<String, Object>) scenario;
            scenarios.put(String.valueOf(fields.get("name")), context(fields.get("context")));
        }
        return scenarios;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> context(@Nullable Object context) {
        return (Map<String, Object>) Objects.requireNonNull(context, "a case without context");
    }

    /** Every template with every scenario. */
    List<Case> renderings() {
        Map<String, Map<String, Object>> scenarios = scenarios();
        List<Case> cases = new ArrayList<>();
        templates().forEach((name, template) -> {
            Path expected = root.resolve("expected").resolve(name.replace(".jinja", ".jsonl"));
            read(expected).lines().map(TestJson::object).forEach(line -> {
                String scenario = String.valueOf(line.get("scenario"));
                cases.add(new Case(name + " / " + scenario, template, context(scenarios.get(scenario)), line));
            });
        });
        return cases;
    }

    /** The small cases, one semantic each. */
    List<Case> units() {
        return units(read(root.resolve("units.jsonl")));
    }

    /** Small cases, one a line. */
    static List<Case> units(String lines) {
        return lines.lines()
                .map(TestJson::object)
                .map(line -> new Case(
                        String.valueOf(line.get("name")),
                        String.valueOf(line.get("template")),
                        context(line.get("context")),
                        line))
                .toList();
    }
}
