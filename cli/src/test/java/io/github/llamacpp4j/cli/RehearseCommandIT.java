package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.TestModels;
import org.junit.jupiter.api.Test;

class RehearseCommandIT {

    @Test
    void theRehearsalRunsAndServesInSilence() {
        CommandRun run = CommandRun.of("rehearse", "-m", TestModels.tinychat().toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(CommandRun.of("--help").out()).doesNotContain("rehearse");
    }
}
