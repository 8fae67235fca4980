package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearseCommandIT {

    @Test
    void theRehearsalRunsInSilence() {
        rehearse();
    }

    @Test
    void theRehearsalServesInSilence() {
        rehearse("--serve");
    }

    @Test
    void nobodyIsToldOfIt() {
        assertThat(CommandRun.of("--help").out()).doesNotContain("rehearse");
    }

    private static void rehearse(String... more) {
        List<String> command =
                new ArrayList<>(List.of("rehearse", "-m", TestModels.tinychat().toString()));
        command.addAll(List.of(more));
        CommandRun run = CommandRun.of(command.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
    }
}
