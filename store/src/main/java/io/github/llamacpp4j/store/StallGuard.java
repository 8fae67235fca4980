package io.github.llamacpp4j.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Closes a stream that has given nothing for too long, so that the thread which reads it by {@link #stream} is not stuck for
 * ever. The time between two reads does not count.
 */
final class StallGuard implements AutoCloseable {

    private static final int MOST_SKIPPED_AT_ONCE = 1 << 16;

    private final InputStream stream;
    private final InputStream guarded;
    private final long timeoutNanos;
    private final Thread thread;
    private volatile long askedNanos;
    private volatile boolean asking;
    private volatile boolean stalled;
    private volatile boolean done;

    StallGuard(InputStream stream, Duration timeout) {
        this.stream = stream;
        this.guarded = new Guarded(stream);
        this.timeoutNanos = timeout.toNanos();
        this.thread = Thread.ofVirtual().name("stall-guard").start(this::watch);
    }

    /** What is guarded. */
    InputStream stream() {
        return guarded;
    }

    private void watch() {
        while (!done) {
            long left = asking ? timeoutNanos - (System.nanoTime() - askedNanos) : timeoutNanos;
            if (left <= 0) {
                stalled = true;
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

    private final class Guarded extends FilterInputStream {

        Guarded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            askedNanos = System.nanoTime();
            asking = true;
            try {
                int count = in.read(bytes, offset, length);
                if (stalled) {
                    throw silence(null);
                }
                return count;
            } catch (IOException e) {
                throw stalled ? silence(e) : e;
            } finally {
                asking = false;
            }
        }

        @Override
        public long skip(long count) throws IOException {
            int most = (int) Math.min(count, MOST_SKIPPED_AT_ONCE);
            return most <= 0 ? 0 : Math.max(0, read(new byte[most], 0, most));
        }

        private IOException silence(@Nullable IOException cause) {
            return new IOException("nothing came for " + timeoutNanos / 1_000_000 + " ms", cause);
        }
    }
}
