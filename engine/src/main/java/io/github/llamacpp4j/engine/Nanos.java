package io.github.llamacpp4j.engine;

import java.time.Duration;

/** Durations in nanoseconds that can be added to a clock's time without running into its past. */
final class Nanos {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Nanos() {}

    /** The duration, at most a hundred years. */
    static long of(Duration duration) {
        return (duration.compareTo(LONGEST) > 0 ? LONGEST : duration).toNanos();
    }
}
