package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for what other threads bring about. */
final class Await {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Await() {}

    /** Something that will hold. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Returns once the latch is open; fails if it is not within a minute. */
    static void latch(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns once the condition holds; fails if it does not within a minute. */
    static void until(Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("time").isLessThan(deadline);
            Thread.sleep(1);
        }
    }
}
