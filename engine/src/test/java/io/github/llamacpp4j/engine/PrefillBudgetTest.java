package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefillBudgetTest {

    private static final long MS = 1_000_000;

    private final PrefillBudget budget = new PrefillBudget(EngineOptions.defaults());

    @Test
    void aPromptAloneIsCutWhereLlamaCppCutsIt() {
        assertThat(budget.tokens(0)).isEqualTo(512);
        budget.measured(0, 512, 2560 * MS);
        assertThat(budget.tokens(0)).isEqualTo(512);
    }

    @Test
    void aSlowMachineTakesSmallerPieces() {
        budget.measured(0, 512, 51_200 * MS);
        assertThat(budget.tokens(0)).isEqualTo(32);
    }

    @Test
    void besideGeneratingSequencesThePieceFitsTheTargetTime() {
        assertThat(budget.tokens(3)).isEqualTo(64);
        budget.measured(3, 0, 50 * MS);
        budget.measured(0, 100, 200 * MS);
        assertThat(budget.tokens(3)).isEqualTo(96);
    }

    @Test
    void aPieceThatIsNearlyATileOfAttentionBecomesOne() {
        budget.measured(3, 0, 30 * MS);
        budget.measured(0, 100, 300 * MS);
        assertThat(budget.tokens(3)).as("73 fit").isEqualTo(61);
        assertThat(budget.tokens(24)).as("73 fit").isEqualTo(73 / 16 * 16);
    }
}
