package io.github.llamacpp4j.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait to be admitted: bounded, fair among callers and safe from starvation.
 *
 * <p>Among callers the highest priority goes first, then whoever has been given the least. A caller's own requests go by priority,
 * then by age. Two things keep anyone from waiting for ever: every eighth request to be admitted is the oldest one whatever its
 * caller and priority, and a request that does not fit yet may be overtaken by smaller ones a limited number of times only.
 *
 * <p>Thread-safe.
 */
final class RequestQueue {

    private static final int OLDEST_GOES_EVERY = 8;
    private static final int MOST_BYPASSES = 16;

    /** The requests of one caller and how many tokens it has been given. */
    private static final class Caller {
        final PriorityQueue<Sequence> waiting = new PriorityQueue<>(
                Comparator.comparingInt((Sequence s) -> -s.request().priority()).thenComparingLong(Sequence::id));
        long given;
        int active;
    }

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore room;
    private final Map<String, Caller> callers = new HashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private int sinceOldest;
    private volatile @Nullable EngineException closedBecause;

    RequestQueue(int capacity) {
        this.capacity = capacity;
        room = new Semaphore(capacity, true);
    }

    int size() {
        return size.get();
    }

    int capacity() {
        return capacity;
    }

    /** Adds requests together if there is room for all of them, told to {@code added} before anyone can take them. */
    boolean offer(List<Sequence> sequences, ObjIntConsumer<Sequence> added) {
        checkOpen();
        return room.tryAcquire(sequences.size()) && add(sequences, added);
    }

    /** As {@link #offer} once there is room for all of them; false if there was none within {@code timeoutNanos}. */
    boolean put(List<Sequence> sequences, long timeoutNanos, ObjIntConsumer<Sequence> added)
            throws InterruptedException {
        checkOpen();
        return room.tryAcquire(sequences.size(), timeoutNanos, TimeUnit.NANOSECONDS) && add(sequences, added);
    }

    private void checkOpen() {
        EngineException reason = closedBecause;
        if (reason != null) {
            throw reason;
        }
    }

    private boolean add(List<Sequence> sequences, ObjIntConsumer<Sequence> added) {
        lock.lock();
        try {
            checkOpen();
            for (Sequence sequence : sequences) {
                callers.computeIfAbsent(sequence.request().caller(), name -> newCaller())
                        .waiting
                        .add(sequence);
                added.accept(sequence, size.incrementAndGet());
            }
            return true;
        } catch (EngineException e) {
            room.release(sequences.size());
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** A new caller starts level with the one that was given least, not with a credit for the time it was away. */
    private Caller newCaller() {
        Caller caller = new Caller();
        caller.given = callers.values().stream().mapToLong(c -> c.given).min().orElse(0);
        return caller;
    }

    /** Takes the next request that {@code fits}, charging its caller {@code cost}; null if there is none. */
    @Nullable
    Sequence take(Predicate<Sequence> fits, ToLongFunction<Sequence> cost) {
        lock.lock();
        try {
            List<Sequence> heads = headsInOrder();
            for (Sequence head : heads) {
                if (fits.test(head)) {
                    admit(head, cost.applyAsLong(head));
                    if (head != heads.getFirst()) {
                        heads.getFirst().bypass();
                    }
                    return head;
                }
                if (heads.getFirst().bypassed() >= MOST_BYPASSES) {
                    return null;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private List<Sequence> headsInOrder() {
        List<Sequence> heads = new ArrayList<>();
        callers.values().stream()
                .filter(caller -> !caller.waiting.isEmpty())
                .sorted(Comparator.comparingInt(
                                (Caller c) -> -c.waiting.element().request().priority())
                        .thenComparingLong(c -> c.given)
                        .thenComparingLong(c -> c.waiting.element().id()))
                .forEach(caller -> heads.add(caller.waiting.element()));
        if (sinceOldest + 1 >= OLDEST_GOES_EVERY) {
            callers.values().stream()
                    .flatMap(caller -> caller.waiting.stream())
                    .min(Comparator.comparingLong(Sequence::id))
                    .ifPresent(oldest -> {
                        heads.remove(oldest);
                        heads.addFirst(oldest);
                    });
        }
        return heads;
    }

    private void admit(Sequence sequence, long cost) {
        Caller caller = callers.get(sequence.request().caller());
        if (caller == null) {
            throw new IllegalStateException("request " + sequence.id() + " is not in the queue");
        }
        caller.waiting.remove(sequence);
        caller.given += cost;
        sequence.charge(cost);
        caller.active++;
        sinceOldest = sinceOldest + 1 >= OLDEST_GOES_EVERY ? 0 : sinceOldest + 1;
        size.decrementAndGet();
        room.release();
    }

    /** Records that an admitted request ended: its caller has been given what it used, whatever it was charged. */
    void release(Sequence sequence) {
        lock.lock();
        try {
            Caller caller = callers.get(sequence.request().caller());
            if (caller != null) {
                caller.given += sequence.usedTokens() - sequence.charged();
                caller.active--;
                forgetIfGone(sequence.request().caller(), caller);
            }
        } finally {
            lock.unlock();
        }
    }

    private void forgetIfGone(String name, Caller caller) {
        if (caller.active == 0 && caller.waiting.isEmpty()) {
            callers.remove(name);
        }
    }

    /** Removes the requests for which {@code condition} holds and hands them to {@code action}. */
    void removeIf(Predicate<Sequence> condition, Consumer<Sequence> action) {
        if (size.get() == 0) {
            return;
        }
        lock.lock();
        try {
            List<Sequence> removed = callers.values().stream()
                    .flatMap(caller -> caller.waiting.stream())
                    .filter(condition)
                    .toList();
            for (Sequence sequence : removed) {
                String name = sequence.request().caller();
                Caller caller = callers.get(name);
                if (caller != null) {
                    caller.waiting.remove(sequence);
                    forgetIfGone(name, caller);
                }
                size.decrementAndGet();
                action.accept(sequence);
            }
            room.release(removed.size());
        } finally {
            lock.unlock();
        }
    }

    /** The earliest deadline of those waiting. */
    long earliestDeadline(long now) {
        lock.lock();
        try {
            return callers.values().stream()
                    .flatMap(caller -> caller.waiting.stream())
                    .map(Sequence::deadlineNanos)
                    .filter(deadline -> deadline != Sequence.NO_DEADLINE)
                    .min(Comparator.comparingLong(deadline -> deadline - now))
                    .orElse(Sequence.NO_DEADLINE);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses new requests for ever, for the reason given, those that wait for room included. */
    void close(EngineException reason) {
        lock.lock();
        try {
            closedBecause = reason;
            room.release(capacity);
        } finally {
            lock.unlock();
        }
    }
}
