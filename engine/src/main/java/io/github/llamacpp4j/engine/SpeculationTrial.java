package io.github.llamacpp4j.engine;

/**
 * Finds out whether guessing pays, by trying: a few steps with guesses, a few without, then the better way for a while, and so on.
 * What is compared is the time per token, that of making and checking the guesses included.
 */
final class SpeculationTrial {

    private static final int FIRST_GUESSING_STEPS = 8;
    private static final int TRIAL_STEPS = 4;
    private static final int SETTLED_STEPS = 64;
    private static final double WEIGHT = 0.25;

    private boolean guessing = true;
    private boolean settled;
    private int stepsLeft = FIRST_GUESSING_STEPS;
    private double guessingNanosPerToken;
    private double plainNanosPerToken;

    /** Whether the next step should guess. */
    boolean isGuessing() {
        return guessing;
    }

    /** Learns from a step that yielded {@code tokens}, with guesses or without. */
    void measured(boolean guessed, int tokens, long nanos) {
        double perToken = (double) nanos / tokens;
        if (guessed) {
            guessingNanosPerToken = blend(guessingNanosPerToken, perToken);
        } else {
            plainNanosPerToken = blend(plainNanosPerToken, perToken);
        }
        if (guessed == guessing && --stepsLeft <= 0) {
            goOn();
        }
    }

    private void goOn() {
        if (settled || plainNanosPerToken == 0 || guessingNanosPerToken == 0) {
            settled = false;
            guessing = !guessing;
            stepsLeft = TRIAL_STEPS;
        } else {
            settled = true;
            guessing = guessingNanosPerToken < plainNanosPerToken;
            stepsLeft = SETTLED_STEPS;
        }
    }

    private static double blend(double average, double value) {
        return average == 0 ? value : average + WEIGHT * (value - average);
    }
}
