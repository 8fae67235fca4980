package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.engine.EngineStep;
import org.junit.jupiter.api.Test;

class DecodeStepsTest {

    private final DecodeSteps steps = new DecodeSteps();

    private void step(int decodeTokens, int prefillTokens) {
        steps.stepped(new EngineStep(decodeTokens, prefillTokens, decodeTokens, 0, 0, 1, 1));
    }

    @Test
    void onlyStepsOfOneSizeWithoutAPromptBetweenThemCount() {
        step(2, 0);
        step(1, 0);
        step(2, 64);
        step(2, 0);
        step(1, 0);
        assertThat(steps.take(2)).isEmpty();
        step(2, 0);
        step(2, 0);
        assertThat(steps.take(2).orElseThrow()).isPositive();
    }

    @Test
    void whatIsTakenIsGoneAndSoIsEveryOtherSize() {
        step(3, 0);
        step(3, 0);
        step(4, 0);
        step(4, 0);
        assertThat(steps.take(4)).isPresent();
        assertThat(steps.take(4)).isEmpty();
        assertThat(steps.take(3)).isEmpty();
    }
}
