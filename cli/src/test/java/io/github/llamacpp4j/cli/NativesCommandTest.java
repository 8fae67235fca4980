package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class NativesCommandTest {

    @Test
    void aPlatformThatDoesNotExistIsAnError() {
        CommandRun run = CommandRun.of("natives", "install", "--platform", "haiku-x64");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("error: There is no platform \"haiku-x64\"; the platforms are linux-x64,");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aBackendThatDoesNotExistIsAnError() {
        CommandRun run = CommandRun.of("natives", "install", "--platform", "linux-x64", "--backend", "tpu");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("There is no prebuilt \"tpu\" set for linux-x64; there is cpu.");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsAnError(@TempDir Path temporary) throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));
        CommandRun run = CommandRun.of(
                "natives", "install", "--directory", file.resolve("below").toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("cannot be written").contains(file.toString());
    }

    @Test
    void withoutACommandTheUsageIsShown() {
        CommandRun run = CommandRun.of("natives");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("install", "list");
    }

    @Test
    void theListHasEveryPlatformAndTheSetInUse() {
        CommandRun text = CommandRun.of("natives", "list");
        assertThat(text.code()).isZero();
        assertThat(text.out()).contains("PLATFORM", "linux-x64", "win-arm64", "In use: ");
        JsonNode json = Json.MAPPER.readTree(
                CommandRun.of("natives", "list", "--output", "json").out());
        assertThat(json.get("sets")).hasSizeGreaterThanOrEqualTo(6);
        assertThat(json.get("in_use").get("directory").asString()).isNotEmpty();
    }
}
