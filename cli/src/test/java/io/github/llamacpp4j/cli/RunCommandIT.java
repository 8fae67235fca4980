package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RunCommandIT {

    @Test
    void theObjectHoldsTheTextThatAPersonReads() {
        JsonNode answer = Json.MAPPER.readTree(run("json"));
        assertThat(answer.propertyNames()).contains("text", "tokens", "prompt_tokens", "finish_reason", "timings");
        assertThat(answer.path("tokens").size()).isEqualTo(4);
        assertThat(run("text")).isEqualToNormalizingNewlines(answer.path("text").asString() + "\n");
    }

    private static String run(String output) {
        String model = TestModels.tinychat().toString();
        CommandRun run = CommandRun.of(
                "run",
                "-m",
                model,
                "--threads",
                "1",
                "--max-tokens",
                "4",
                "--temperature",
                "0",
                "--output",
                output,
                "Hello");
        assertThat(run.code()).as(run.err()).isZero();
        return run.out();
    }
}
