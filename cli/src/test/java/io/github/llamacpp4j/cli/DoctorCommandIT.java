package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.ForkedResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DoctorCommandIT {

    private static final List<String> CHECKS =
            List.of("java", "locale", "natives", "abi", "cpu", "devices", "memory", "home", "models");

    private static ForkedJvm doctor(String... arguments) {
        return ForkedJvm.of(Main.class)
                .arguments("doctor")
                .arguments(arguments)
                .withoutEnvironment("LLAMACPP4J_NATIVE_DIR")
                .withoutEnvironment("GGML_BACKEND_PATH")
                .environment("LC_ALL", "C.UTF-8");
    }

    private static String verdict(JsonNode answer, String check) {
        return answer.get("checks")
                .valueStream()
                .filter(finding -> finding.get("check").asString().equals(check))
                .map(finding -> finding.get("verdict").asString())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aHealthyMachineHasEveryCheckInOrder() {
        JsonNode answer = Json.MAPPER.readTree(
                doctor("--output", "json").run().assertSucceeded().stdout());
        assertThat(answer.get("ok").asBoolean()).isTrue();
        assertThat(answer.get("checks")
                        .valueStream()
                        .map(finding -> finding.get("check").asString()))
                .containsExactlyElementsOf(CHECKS);
        assertThat(verdict(answer, "abi")).isEqualTo("ok");
        assertThat(answer.toString()).contains("checksums verified", "llama.cpp 0.", "CPU (");
    }

    @Test
    void missingLibrariesAreNamedOnceWithTheRemedy() {
        ForkedResult result = doctor("--output", "json")
                .environment("LLAMACPP4J_NATIVE_DIR", "/absent")
                .run();
        assertThat(result.exitCode()).isEqualTo(1);
        JsonNode answer = Json.MAPPER.readTree(result.stdout());
        assertThat(answer.get("ok").asBoolean()).isFalse();
        assertThat(verdict(answer, "natives")).isEqualTo("failed");
        assertThat(verdict(answer, "abi")).isEqualTo("skipped");
        assertThat(verdict(answer, "memory")).isEqualTo("ok");
        assertThat(answer.toString()).contains("/absent", "Correct or unset LLAMACPP4J_NATIVE_DIR.");
    }

    @Test
    void librariesThatMustNotBeUsedAreNamedAndAPersonSeesTheRemedy() {
        ForkedResult result =
                doctor().environment("GGML_BACKEND_PATH", "/tmp/evil.so").run();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.stdout())
                .contains("failed   abi", "GGML_BACKEND_PATH", "-> Correct what is said here", "skipped  devices");
    }
}
