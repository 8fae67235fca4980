package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --max-tokens=many hi",
                "run hi there",
                "bench -o xml",
                "rm",
                "bench --repetitions 0 -m absent.gguf",
                "inspect one.gguf two.gguf"
            })
    void wrongUsageIsAnsweredInAFewLinesAndWithCode2(String command) {
        CommandRun run = CommandRun.of(command.split(" ", -1));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(2);
        assertThat(run.err()).startsWith("error: ");
    }

    @Test
    void aMisspeltCommandOrOptionIsCorrected() {
        assertThat(CommandRun.of("inspekt").err()).contains("inspect").doesNotContain("Usage");
        assertThat(CommandRun.of("run", "--max-token", "5").err()).contains("--max-tokens");
    }

    @Test
    void withoutACommandAllAreListed() {
        CommandRun run = CommandRun.of();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("Name a command", "run", "serve", "doctor")
                .doesNotContain("rehearse");
    }

    @Test
    void aPromptFileThatIsNoTextIsNamed(@TempDir Path folder) throws IOException {
        Path noise = Files.write(folder.resolve("noise"), new byte[] {(byte) 0xFF, (byte) 0xFE});
        assertThat(CommandRun.of("run", "--prompt-file", noise.toString()).err())
                .isEqualToNormalizingNewlines("error: " + noise + " is not text in UTF-8\n");
        assertThat(CommandRun.of("run", "--prompt-file", folder.toString()).err())
                .startsWith("error: " + folder + " cannot be read");
    }

    @Test
    void flashAttentionIsOnOrOff() {
        assertThat(CommandRun.of("run", "--flash-attention=sometimes", "hi").err())
                .contains("auto, on or off");
        assertThat(CommandRun.of("run", "--flash-attention=off", "hi", "there").err())
                .contains("'there'");
    }

    @Test
    void everyCommandTellsItsOptions() {
        assertThat(CommandRun.of("--help").out()).contains("tokenize", "natives", "bench");
        assertThat(CommandRun.of("natives", "--help").out()).contains("install", "list");
        assertThat(CommandRun.of("run", "--help").out())
                .startsWith("Usage: llamacpp4j run [-m MODEL] [OPTION...] [PROMPT]")
                .containsSubsequence(
                        "Prompt:",
                        "--jsonl",
                        "Model:",
                        "--offline",
                        "How tokens are chosen:",
                        "--max-tokens",
                        "What may be written:",
                        "--grammar",
                        "Computing:",
                        "--threads",
                        "General:",
                        "--output");
        assertThat(CommandRun.of("chat", "--help").out())
                .containsSubsequence("Conversation:", "--system", "How tokens are chosen:", "Computing:");
    }
}
