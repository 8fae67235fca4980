package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BenchCommandIT {

    private static CommandRun bench(String... more) {
        String[] all = new String[more.length + 7];
        String[] start = {"bench", "-m", TestModels.tinychat().toString(), "-t", "1", "-r", "1"};
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(more, 0, all, start.length, more.length);
        return CommandRun.of(all);
    }

    @Test
    void callersShareBatchesAndThePlotIsWritten(@TempDir Path folder) throws Exception {
        Path plot = folder.resolve("plot.svg");
        CommandRun run = bench("--concurrency", "1,4", "--max-tokens", "8", "-o", "json", "--plot", plot.toString());
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode rows = Json.MAPPER.readTree(run.out());
        assertThat(rows.size()).isEqualTo(2);
        assertThat(rows.get(1).path("point").asString()).isEqualTo("4");
        assertThat(rows.get(1).path("tokens_per_second").asDouble()).isPositive();
        assertThat(rows.get(1).path("average_batch").asDouble())
                .isGreaterThan(rows.get(0).path("average_batch").asDouble());
        assertThat(Files.readString(plot)).contains("<polyline");
    }

    @Test
    void theOtherWorkloadsHaveTables() {
        CommandRun run = bench("single", "prefix", "interference", "thinking", "--max-tokens", "8");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("| single | target |", "| short, 32 tokens |", "| long, 128 tokens |")
                .contains("| prefix | target |", "cached tokens")
                .contains("longest gap ms", "newcomer ttft ms")
                .contains("| thinking | target |", "| off | llamacpp4j |");
    }

    @Test
    void batchesWithoutPromptsAreMeasuredByTheirSize() throws Exception {
        CommandRun run = bench("decode", "--concurrency", "1,4", "-o", "json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode rows = Json.MAPPER.readTree(run.out());
        assertThat(rows).hasSize(2).allSatisfy(row -> {
            assertThat(row.path("workload").asString()).isEqualTo("decode");
            assertThat(row.path("decode_tokens_per_second").asDouble())
                    .isGreaterThan(row.path("total_tokens_per_second").asDouble());
        });
    }

    @Test
    void textUnderASchemaIsMeasuredBesideFreeText() throws Exception {
        CommandRun run = bench("--schema", "--concurrency", "2", "--max-tokens", "24", "-o", "json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode row = Json.MAPPER.readTree(run.out()).get(0);
        assertThat(row.path("workload").asString()).isEqualTo("schema");
        assertThat(row.path("schema_ratio").asDouble()).isPositive();
        assertThat(row.path("long_keys_ratio").asDouble()).isPositive();
    }

    @Test
    void aPlotWithoutItsWorkloadIsAUsageError() {
        assertThat(bench("single", "--plot", "x.svg").err()).contains("--plot draws the workload concurrency");
    }
}
