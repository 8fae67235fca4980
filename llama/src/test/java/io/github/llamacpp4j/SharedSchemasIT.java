package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Generates under the schemas of {@code ../shared/grammar} at temperature 1: what is finished validates with an independent
 * validator. By default every eighth schema with one seed; {@code -Dschemas.every=1 -Dschemas.seeds=5} is all of it, and
 * {@code -Dschemas.every=4 -Dschemas.first=0} to {@code 3} are its quarters.
 */
class SharedSchemasIT {

    private static final int EVERY = Integer.getInteger("schemas.every", 8);
    private static final int FIRST = Integer.getInteger("schemas.first", 0);
    private static final int SEEDS = Integer.getInteger("schemas.seeds", 1);
    private static final int MAX_TOKENS = 200;

    private int finished;
    private int truncated;
    private int refused;
    private final List<String> failures = new ArrayList<>();

    @Test
    void whatTinychatFinishesValidates() throws IOException {
        run(TestModels.tinychat());
    }

    @Test
    void whatSmolLm2FinishesValidates() throws IOException {
        run(TestModels.smolLm2());
    }

    private void run(Path file) throws IOException {
        List<String> lines = Files.readAllLines(corpus());
        try (Llama llama = Llama.load(
                file,
                LlamaOptions.builder()
                        .context(context -> context.contextSize(2048).threads(1).batchThreads(1))
                        .build())) {
            for (int i = FIRST; i < lines.size(); i += EVERY) {
                JsonNode line = JsonTrees.read(lines.get(i));
                if (!line.path("must_refuse").asBoolean(false)) {
                    generate(llama, line);
                }
            }
        }
        System.getLogger(SharedSchemasIT.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        "{0}: {1} finished and valid, {2} truncated, {3} schemas refused",
                        file.getFileName(),
                        finished,
                        truncated,
                        refused);
        assertThat(failures).isEmpty();
        assertThat(finished).isGreaterThan(truncated);
    }

    private static Path corpus() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path path = folder.resolve("shared/grammar/schemas.jsonl");
            if (Files.exists(path)) {
                return path;
            }
        }
        assumeTrue(false, "skipped: no shared/grammar");
        throw new IllegalStateException();
    }

    /** All seeds at the same time. */
    private void generate(Llama llama, JsonNode line) {
        OutputConstraint constraint = OutputConstraint.jsonSchema(line.path("schema"));
        Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(line.path("schema"));
        List<Generation> running = new ArrayList<>();
        try {
            for (long seed = 1; seed <= SEEDS; seed++) {
                long number = seed;
                running.add(llama.stream(
                        "An example as JSON:\n",
                        o -> o.constraint(constraint)
                                .temperature(1)
                                .seed(number)
                                .maxTokens(MAX_TOKENS)));
            }
        } catch (SchemaException | GrammarException e) {
            refused++;
            return;
        }
        for (Generation each : running) {
            check(line.path("name").asString(""), each.result(), validator);
        }
    }

    private void check(String name, Completion completion, Schema validator) {
        if (completion.end().reason() == FinishReason.MAX_TOKENS) {
            truncated++;
            return;
        }
        List<Error> errors = validator.validate(
                completion.text(),
                InputFormat.JSON,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
        if (errors.isEmpty()) {
            finished++;
        } else {
            failures.add(name + " seed " + completion.end().seed() + ": " + completion.text() + ": " + errors);
        }
    }
}
