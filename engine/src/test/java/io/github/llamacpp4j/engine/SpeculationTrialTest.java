package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class SpeculationTrialTest {

    private static final long PLAIN_NANOS = 1_000_000;

    private final SpeculationTrial trial = new SpeculationTrial();

    /** Runs steps of one token, or of {@code accepted} at {@code price} times the time, and returns how many of them guessed. */
    private static int run(SpeculationTrial trial, int steps, double price, int accepted) {
        int guessed = 0;
        for (int i = 0; i < steps; i++) {
            boolean guessing = trial.isGuessing();
            guessed += guessing ? 1 : 0;
            trial.measured(guessing, guessing ? accepted : 1, guessing ? (long) (price * PLAIN_NANOS) : PLAIN_NANOS);
        }
        return guessed;
    }

    @Test
    void guessesThatPayAreMadeNearlyAlways() {
        assertThat(run(trial, 10_000, 2, 4)).isGreaterThan(9_000);
    }

    @Test
    void guessesThatBeginToPayAreFound() {
        run(trial, 1_000, 4, 1);
        run(trial, 2_000, 2, 4);
        assertThat(trial.isGuessing()).isTrue();
    }

    @Test
    void guessesThatNoLongerPayAreGivenUp() {
        run(trial, 1_000, 2, 4);
        run(trial, 200, 4, 1);
        assertThat(run(trial, 1_000, 4, 1)).isLessThan(50);
    }

    @Property
    void whatIsLostByTryingIsASmallPartOfAllTime(@ForAll @DoubleRange(min = 1.1, max = 40) double price) {
        int steps = 50_000;
        int guessed = run(new SpeculationTrial(), steps, price, 1);
        double lost = guessed * (price - 1);
        assertThat(lost).isLessThan(0.04 * steps);
        assertThat(guessed).as("it is tried again").isGreaterThan(8);
    }

    @Test
    void stepsInWhichNothingCouldBeGuessedDoNotEndATrialOfGuesses() {
        for (int i = 0; i < 100; i++) {
            trial.measured(false, 1, PLAIN_NANOS);
        }
        assertThat(trial.isGuessing()).isTrue();
    }
}
