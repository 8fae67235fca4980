package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefillBudgetTest {

    private static final long MS = 1_000_000;

    private final PrefillBudget budget = new PrefillBudget(EngineOptions.defaults(), false);

    @Test
    void aPromptAloneIsCutWhereLlamaCppCutsIt() {
        assertThat(budget.tokens(0, false)).isEqualTo(512);
        budget.measured(0, 512, 2560 * MS);
        assertThat(budget.tokens(0, false)).isEqualTo(512);
    }

    @Test
    void aSlowMachineTakesSmallerPieces() {
        budget.measured(0, 512, 51_200 * MS);
        assertThat(budget.tokens(0, false)).isEqualTo(32);
    }

    @Test
    void besideGeneratingSequencesThePieceFitsTheTargetTime() {
        assertThat(budget.tokens(3, false)).isEqualTo(64);
        budget.measured(3, 0, 50 * MS);
        budget.measured(0, 100, 200 * MS);
        assertThat(budget.tokens(3, false)).isEqualTo(96);
    }

    @Test
    void aPieceThatIsNearlyATileOfAttentionBecomesOne() {
        budget.measured(3, 0, 30 * MS);
        budget.measured(0, 100, 300 * MS);
        assertThat(budget.tokens(3, false)).as("73 fit").isEqualTo(61);
        assertThat(budget.tokens(24, false)).as("73 fit").isEqualTo(73 / 16 * 16);
    }

    @Test
    void amongOthersCellsABatchStaysBelowATile() {
        budget.measured(3, 0, 30 * MS);
        budget.measured(0, 100, 200 * MS);
        assertThat(budget.tokens(0, true)).isEqualTo(63);
        assertThat(budget.tokens(3, true)).isEqualTo(60);
        assertThat(budget.tokens(60, true)).as("no room below a tile").isEqualTo(budget.tokens(60, false));
    }

    @Test
    void aFastMachineTakesWholePiecesAlsoAmongOthersCells() {
        budget.measured(3, 0, 5 * MS);
        budget.measured(0, 1000, 200 * MS);
        assertThat(budget.tokens(3, true)).isEqualTo(budget.tokens(3, false)).isGreaterThan(1000);
    }
}
