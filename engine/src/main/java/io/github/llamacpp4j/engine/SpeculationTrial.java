package io.github.llamacpp4j.engine;

/**
 * Finds out whether guessing pays, by trying: a few steps with guesses, a few without, then the better way for a while, and so on.
 * What is compared is the time per token, that of making and checking the guesses included. The while is at least
 * {@link #SETTLED_STEPS} steps, and so long that what the trial took longer is a small part of it: guesses that never pay are tried
 * less where they cost more.
 */
final class SpeculationTrial {

    private static final int FIRST_GUESSING_STEPS = 8;
    private static final int TRIAL_STEPS = 4;
    private static final int SETTLED_STEPS = 64;

    /** A trial that was lost is paid for by so many times what it cost. */
    private static final int REPAYMENT = 50;

    private static final double WEIGHT = 0.25;

    private final Way guesses = new Way();
    private final Way plain = new Way();
    private Way current = guesses;
    private boolean settled;
    private int stepsLeft = FIRST_GUESSING_STEPS;
    private double debtNanos;

    /** Whether the next step should guess. */
    boolean isGuessing() {
        return current == guesses;
    }

    /** Learns from a step that yielded {@code tokens}, with guesses or without. */
    void measured(boolean guessed, int tokens, long nanos) {
        Way way = guessed ? guesses : plain;
        way.measured(tokens, nanos, !settled);
        debtNanos -= nanos;
        if (way == current && --stepsLeft <= 0 && !(settled && debtNanos > 0)) {
            goOn();
        }
    }

    private void goOn() {
        if (settled || guesses.isUnknown() || plain.isUnknown()) {
            settled = false;
            current = other(current);
            stepsLeft = TRIAL_STEPS;
        } else {
            settled = true;
            current = guesses.nanosPerToken < plain.nanosPerToken ? guesses : plain;
            stepsLeft = SETTLED_STEPS;
            debtNanos = REPAYMENT * other(current).lostTo(current);
            guesses.forgetTrial();
            plain.forgetTrial();
        }
    }

    private Way other(Way way) {
        return way == guesses ? plain : guesses;
    }

    /** What is known of one of the two ways. */
    private static final class Way {
        private double nanosPerToken;
        private long triedTokens;
        private long triedNanos;

        void measured(int tokens, long nanos, boolean onTrial) {
            double perToken = (double) nanos / tokens;
            nanosPerToken = isUnknown() ? perToken : nanosPerToken + WEIGHT * (perToken - nanosPerToken);
            if (onTrial) {
                triedTokens += tokens;
                triedNanos += nanos;
            }
        }

        boolean isUnknown() {
            return nanosPerToken == 0;
        }

        double lostTo(Way better) {
            return triedNanos - triedTokens * better.nanosPerToken;
        }

        void forgetTrial() {
            triedTokens = 0;
            triedNanos = 0;
        }
    }
}
