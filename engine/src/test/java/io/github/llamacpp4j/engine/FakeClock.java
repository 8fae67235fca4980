package io.github.llamacpp4j.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that stands still until it is told. */
final class FakeClock implements LongSupplier {

    private long nanos = Long.MAX_VALUE - 1_000_000;

    @Override
    public long getAsLong() {
        return nanos;
    }

    void advance(Duration duration) {
        nanos += duration.toNanos();
    }
}
