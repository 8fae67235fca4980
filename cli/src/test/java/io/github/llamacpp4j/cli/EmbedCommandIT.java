package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyBert;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class EmbedCommandIT {

    @TempDir
    static Path folder;

    private static String bert;

    @BeforeAll
    static void writeModel() {
        bert = TinyBert.writeTo(folder.resolve("bert.gguf")).toString();
    }

    private static CommandRun embed(String input, String... more) {
        String[] arguments = new String[more.length + 5];
        System.arraycopy(new String[] {"embed", "-m", bert, "--threads", "1"}, 0, arguments, 0, 5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return CommandRun.withInput(input, arguments);
    }

    private static List<JsonNode> lines(CommandRun run) {
        return run.out().lines().map(Json.MAPPER::readTree).toList();
    }

    @Test
    void everyLineBecomesAVectorInOrder() {
        CommandRun run = embed("the cat\n\n" + "cat ".repeat(100) + "\na dog\n");
        assertThat(run.code()).as(run.err()).isZero();
        List<JsonNode> lines = lines(run);
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst().propertyNames()).containsExactly("index", "embedding", "tokens", "truncated");
        assertThat(lines.getFirst().get("embedding").size()).isEqualTo(TinyBert.EMBEDDING_SIZE);
        assertThat(lines.getFirst().get("tokens").asInt()).isEqualTo(4);
        assertThat(lines.get(1).get("tokens").asInt()).isEqualTo(2);
        assertThat(lines.get(2).get("index").asInt()).isEqualTo(2);
        assertThat(lines.get(2).get("ok").asBoolean()).isFalse();
        assertThat(lines.get(2).at("/error/kind").asString()).isEqualTo("limit");
        assertThat(lines.get(3).get("index").asInt()).isEqualTo(3);
    }

    @Test
    void batchLinesAreAnsweredAlsoAfterABadOne() {
        CommandRun run = embed("{\"text\":\"the cat\"}\nnonsense\n{\"text\":5}\n\n{\"text\":\"a dog\"}\n", "--jsonl");
        assertThat(run.code()).as(run.err()).isZero();
        List<JsonNode> lines = lines(run);
        assertThat(lines.stream().map(line -> line.get("ok").asBoolean())).containsExactly(true, false, false, true);
        assertThat(lines.get(1).at("/error/kind").asString()).isEqualTo("request");
        assertThat(lines.get(3).get("index").asInt()).isEqualTo(3);
    }

    @Test
    void allFormatsHoldTheSameNumbers() throws IOException {
        JsonNode json = lines(embed("the cat\na dog\n")).get(1).get("embedding");
        String[] csv = embed("the cat\na dog\n", "--format", "csv")
                .out()
                .lines()
                .toList()
                .get(1)
                .split(",", -1);
        Path file = folder.resolve("vectors.bin");
        assertThat(embed("the cat\na dog\n", "--format", "binary", "--output", file.toString())
                        .code())
                .isZero();
        ByteBuffer binary = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(binary.capacity()).isEqualTo(2 * TinyBert.EMBEDDING_SIZE * Float.BYTES);
        assertThat(csv).hasSize(3 + TinyBert.EMBEDDING_SIZE).startsWith("1", "4", "false");
        for (int i = 0; i < TinyBert.EMBEDDING_SIZE; i++) {
            float number = json.get(i).floatValue();
            assertThat(Float.parseFloat(csv[3 + i])).isCloseTo(number, within(1e-6f));
            assertThat(binary.getFloat((TinyBert.EMBEDDING_SIZE + i) * Float.BYTES))
                    .isCloseTo(number, within(1e-6f));
        }
    }

    @Test
    void vectorsAreScaledCutAndPooledAsAsked() {
        assertThat(length(embed("the cat\n"))).isCloseTo(1, within(1e-5));
        assertThat(length(embed("the cat\n", "--normalize", "none"))).isNotCloseTo(1, within(1e-3));
        CommandRun cut = embed("the cat\n", "--dimensions", "8", "--pooling", "cls");
        assertThat(lines(cut).getFirst().get("embedding").size()).isEqualTo(8);
        assertThat(length(cut)).isCloseTo(1, within(1e-5));
        CommandRun unscaled = embed("the cat\n", "--dimensions", "8", "--normalize", "none");
        assertThat(lines(unscaled).getFirst().get("embedding"))
                .hasSize(8)
                .startsWith(lines(embed("the cat\n", "--normalize", "none"))
                        .getFirst()
                        .get("embedding")
                        .get(0));
        CommandRun truncated = embed("cat ".repeat(100) + "\n", "--long-texts", "truncate");
        assertThat(lines(truncated).getFirst().get("truncated").asBoolean()).isTrue();
    }

    private static double length(CommandRun run) {
        double sum = 0;
        for (JsonNode number : lines(run).getFirst().get("embedding")) {
            sum += number.asDouble() * number.asDouble();
        }
        return Math.sqrt(sum);
    }

    @Test
    void wrongUsageIsOneSentence() {
        assertThat(embed("", "--normalize", "l7").err()).contains("l2, none, max-abs");
        assertThat(embed("", "--pooling", "none").err()).contains("choose another --pooling");
        Map<String, String> refusals = Map.of("0", "must be at least 1, got 0", "33", "must be 1 to 32, got 33");
        refusals.forEach((dimensions, refusal) -> {
            CommandRun run = embed("cat\n", "--dimensions", dimensions);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).startsWith("error: --dimensions " + refusal);
        });
        CommandRun csv = embed("cat ".repeat(100) + "\n", "--format", "csv");
        assertThat(csv.code()).isEqualTo(1);
        assertThat(csv.err()).contains("line 1").contains("at most 64").contains("--long-texts");
    }

    @Test
    void rerankNeedsAModelThatCanAndOrdersByTheAnswer() throws IOException {
        CommandRun refused = CommandRun.withInput("a\n", "rerank", "-m", bert, "-t", "1", "--query", "cat");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("classification head");
        Path prompt = Files.writeString(folder.resolve("prompt.txt"), "{query} {document}");
        String[] arguments = {
            "rerank",
            "-m",
            TestModels.tinychat().toString(),
            "-t",
            "1",
            "--prompt-file",
            prompt.toString(),
            "--yes",
            "1",
            "--no",
            "2",
            "--query",
            "capital of France",
            "--top",
            "2"
        };
        CommandRun run = CommandRun.withInput("Paris\nBerlin\nRome\n", arguments);
        assertThat(run.code()).as(run.err()).isZero();
        List<JsonNode> ranked = lines(run);
        assertThat(ranked).hasSize(2);
        assertThat(ranked.get(0).get("score").asDouble())
                .isGreaterThanOrEqualTo(ranked.get(1).get("score").asDouble());
        arguments[arguments.length - 2] = "--jsonl";
        CommandRun batch = CommandRun.withInput(
                "{\"query\":\"q\",\"documents\":[\"a\",\"b\"],\"top_n\":1}\n{\"query\":\"q\"}\n",
                List.of(arguments).subList(0, arguments.length - 1).toArray(String[]::new));
        assertThat(lines(batch).get(0).get("results").size()).isEqualTo(1);
        assertThat(lines(batch).get(1).get("ok").asBoolean()).isFalse();
    }
}
