package io.github.llamacpp4j.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Closes a stream that has given nothing for too long, so that the thread which reads it is not stuck for ever. */
final class StallGuard implements AutoCloseable {

    private final InputStream stream;
    private final long timeoutNanos;
    private final Thread thread;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean done;

    StallGuard(InputStream stream, Duration timeout) {
        this.stream = stream;
        this.timeoutNanos = timeout.toNanos();
        this.thread = Thread.ofVirtual().name("stall-guard").start(this::watch);
    }

    /** Tells that something came. */
    void alive() {
        lastNanos = System.nanoTime();
    }

    private void watch() {
        while (!done) {
            long left = timeoutNanos - (System.nanoTime() - lastNanos);
            if (left <= 0) {
                try {
                    stream.close();
                } catch (IOException e) {
                    System.getLogger(StallGuard.class.getName())
                            .log(System.Logger.Level.DEBUG, "closing a stalled stream failed", e);
                }
                return;
            }
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        done = true;
        LockSupport.unpark(thread);
    }
}
