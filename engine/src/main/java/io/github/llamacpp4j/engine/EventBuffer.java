package io.github.llamacpp4j.engine;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The events on their way from the engine's thread to one reader. Bounded by the writer's good will: it asks {@link #hasRoom}
 * before it works for the reader and never waits. A reader that waits is woken for the first event and for the end at once, and
 * for those between when the writer {@link #publish publishes} them. Thread-safe.
 */
final class EventBuffer {

    private static final long NOTHING_HELD = Long.MIN_VALUE;

    private final int capacity;
    private final Runnable roomMade;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<GenerationEvent> events = new ArrayDeque<>();
    private @Nullable EngineException failure;
    private long heldSince = NOTHING_HELD;
    private boolean begun;
    private boolean ended;
    private boolean discarding;
    private boolean full;

    EventBuffer(int capacity, Runnable roomMade) {
        this.capacity = capacity;
        this.roomMade = roomMade;
    }

    /** Whether the writer should go on. Once full, half of the buffer must be read before it should. */
    boolean hasRoom() {
        lock.lock();
        try {
            full = events.size() >= (full ? Math.max(capacity / 2, 1) : capacity);
            return !full;
        } finally {
            lock.unlock();
        }
    }

    /** Adds an event; one that ends the stream is the last. */
    void add(GenerationEvent event) {
        lock.lock();
        try {
            if (!ended) {
                if (!discarding || event instanceof FinishedEvent) {
                    events.add(event);
                }
                ended = event instanceof FinishedEvent;
                if (ended || !begun) {
                    begun = true;
                    changed.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Wakes a waiting reader, unless its events can wait until the next call.
     *
     * @param now the time, in nanoseconds
     * @param untilNextCall how many nanoseconds will pass until this is called again
     * @param longestHold how many nanoseconds an event may wait for others
     */
    void publish(long now, long untilNextCall, long longestHold) {
        lock.lock();
        try {
            if (events.isEmpty()) {
                heldSince = NOTHING_HELD;
                return;
            }
            if (heldSince == NOTHING_HELD) {
                heldSince = now;
            }
            if (untilNextCall >= longestHold - (now - heldSince)) {
                heldSince = NOTHING_HELD;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream with a failure, behind the events added so far. */
    void fail(EngineException cause) {
        lock.lock();
        try {
            if (!ended) {
                failure = cause;
                ended = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all events but the end, now and in future. */
    void discard() {
        lock.lock();
        try {
            discarding = true;
            events.removeIf(event -> !(event instanceof FinishedEvent));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the next event.
     *
     * @return the event, or null if none came in time or there are no more
     */
    @Nullable
    GenerationEvent take(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long remaining = timeoutNanos;
            while (events.isEmpty() && !ended && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
            GenerationEvent event = events.poll();
            if (full && events.size() < Math.max(capacity / 2, 1)) {
                full = false;
                roomMade.run();
            }
            return event;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until an event or the end is there. */
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (events.isEmpty() && !ended) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is nothing left to take and never will be. */
    boolean isExhausted() {
        lock.lock();
        try {
            return ended && events.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Why the stream failed, if it did. */
    @Nullable
    EngineException failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }
}
