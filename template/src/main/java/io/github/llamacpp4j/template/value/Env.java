package io.github.llamacpp4j.template.value;

import java.time.Clock;
import java.util.random.RandomGenerator;

/** What every operation of one rendering shares: budget, clock, autoescape state. Not thread-safe. */
public final class Env {
    /** Deepest nesting of values that is compared, hashed or printed. */
    static final int MAX_VALUE_DEPTH = 400;

    private final Budget budget;
    private final Clock clock;
    private final RandomGenerator random;
    private boolean autoescape;

    /** A fresh environment. */
    public Env(Budget budget, Clock clock, RandomGenerator random) {
        this.budget = budget;
        this.clock = clock;
        this.random = random;
    }

    /** What may still be spent. */
    public Budget budget() {
        return budget;
    }

    /** The clock of {@code strftime_now}. */
    public Clock clock() {
        return clock;
    }

    /** The source of {@code random}. */
    public RandomGenerator random() {
        return random;
    }

    /** Whether the running template part escapes what it prints. */
    public boolean autoescape() {
        return autoescape;
    }

    /** Switches escaping on or off. */
    public void autoescape(boolean on) {
        autoescape = on;
    }

    /** Checks that a string about to be kept is within the limits. */
    public Str checked(Str s) {
        budget.string(s.chars());
        return s;
    }

    static void checkDepth(int depth) {
        if (depth > MAX_VALUE_DEPTH) {
            throw PyError.recursion();
        }
    }
}
