package io.github.llamacpp4j.engine.embedding;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** What waits to be computed: callers add, owner threads take a batch each. Bounded and thread-safe. */
final class WorkQueue {

    private final int capacity;
    private final BatchShape batch;
    private final int takers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Condition notFull = lock.newCondition();
    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    private final List<Work> computing = new ArrayList<>();
    private long waitingTokens;
    private int idleTakers;
    private int gatheringTakers;
    private int awaitedCalls;
    private long awaitedUntil = System.nanoTime();
    private boolean closed;

    /**
     * What an owner thread is to compute at once.
     *
     * @param works none if the queue is closed
     * @param othersIdle whether nothing else waits, and no other owner thread has anything to do
     */
    record Taken(List<Work> works, boolean othersIdle) {}

    /**
     * @param capacity how many sequences may wait
     * @param batch how much is taken at once
     * @param takers how many owner threads take
     */
    WorkQueue(int capacity, BatchShape batch, int takers) {
        this.capacity = capacity;
        this.batch = batch;
        this.takers = takers;
    }

    /**
     * Adds the first sequences of a call, or refuses if as many as may wait do so already. A queue below its capacity
     * takes them all, however many they are.
     *
     * @throws EmbedderOverloadedException if the queue is full
     * @throws EmbedderClosedException if it is closed
     * @throws EmbeddingCancelledException if the call is cancelled
     */
    void offer(List<Work> works) {
        lock.lock();
        try {
            requireOpen();
            requireWanted(works);
            if (waiting.size() >= capacity) {
                dropCancelled();
                if (waiting.size() >= capacity) {
                    throw new EmbedderOverloadedException(waiting.size(), capacity);
                }
            }
            awaitedCalls = Math.max(0, awaitedCalls - 1);
            add(works);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds further sequences of a call that has begun; waits until fewer than may wait do so.
     *
     * @throws EmbedderClosedException if the queue is closed, also meanwhile
     * @throws EmbeddingCancelledException if the call is cancelled, also meanwhile
     */
    void put(List<Work> works) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && wanted(works) && waiting.size() >= capacity) {
                notFull.await();
            }
            requireOpen();
            requireWanted(works);
            add(works);
        } finally {
            lock.unlock();
        }
    }

    private void add(List<Work> works) {
        for (Work work : works) {
            waiting.add(work);
            waitingTokens += work.tokens().length;
        }
        if (idleTakers > 0 || !worthWaiting()) {
            notEmpty.signalAll();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new EmbedderClosedException();
        }
    }

    /** Under the lock, so that nothing is added of a call after it was cancelled and {@linkplain #purge() dropped}. */
    private static void requireWanted(List<Work> works) {
        if (!wanted(works)) {
            throw new EmbeddingCancelledException();
        }
    }

    private static boolean wanted(List<Work> works) {
        return works.stream().noneMatch(Work::cancelled);
    }

    /**
     * Waits for work and takes the oldest, then whatever fits beside it: no more than a batch, and about this taker's
     * share of the tokens and of the calls, others being as busy or as idle as they are.
     *
     * @param answered what this taker has just computed; callers that are now fully answered may be back in a moment
     * @param patience for how many nanoseconds from now on all takers wait for those, if a batch would have gaps
     */
    Taken take(List<Work> answered, long patience) {
        lock.lock();
        try {
            computing.removeAll(answered);
            await(answered, patience);
            List<Work> taken = new ArrayList<>();
            while (taken.isEmpty() && awaitWork()) {
                gather();
                fill(taken);
                notFull.signalAll();
            }
            computing.addAll(taken);
            return new Taken(taken, waiting.isEmpty() && idleTakers == takers - 1);
        } finally {
            lock.unlock();
        }
    }

    private void await(List<Work> answered, long patience) {
        long now = System.nanoTime();
        if (now - awaitedUntil >= 0) {
            awaitedCalls = 0;
        }
        Set<Work.Call> calls = callsAmong(answered);
        calls.removeAll(callsAmong(waiting));
        calls.removeAll(callsAmong(computing));
        if (!calls.isEmpty() && now + patience - awaitedUntil > 0) {
            awaitedUntil = now + patience;
        }
        awaitedCalls += calls.size();
    }

    /** A taker's part of the calls that wait, are about to, or are being computed by others. */
    private int share() {
        return Math.ceilDiv(
                waitingCalls() + awaitedCalls + callsAmong(computing).size(), takers);
    }

    private int waitingCalls() {
        return callsAmong(waiting).size();
    }

    private static Set<Work.Call> callsAmong(Collection<Work> works) {
        return works.stream().map(Work::call).collect(Collectors.toCollection(HashSet::new));
    }

    private void fill(List<Work> taken) {
        int mostCalls = share();
        long mostTokens = Math.min(Math.ceilDiv(expectedTokens(), 1 + idleTakers + gatheringTakers), batch.tokens());
        long tokens = 0;
        BatchLayout layout = batch.newLayout();
        Set<Work.Call> calls = new HashSet<>();
        Iterator<Work> oldest = waiting.iterator();
        while (taken.size() < batch.sequences() && tokens < mostTokens && oldest.hasNext()) {
            Work work = oldest.next();
            int length = work.tokens().length;
            boolean shared = calls.size() < mostCalls || calls.contains(work.call());
            if (work.cancelled()) {
                work.fail(new EmbeddingCancelledException());
            } else if (shared && layout.add(length)) {
                calls.add(work.call());
                taken.add(work);
                tokens += length;
            } else {
                continue;
            }
            oldest.remove();
            waitingTokens -= length;
        }
    }

    /** The tokens that wait, and as many for each awaited call as for each that waits. */
    private long expectedTokens() {
        int calls = waitingCalls();
        return waitingTokens * (calls + awaitedCalls) / Math.max(1, calls);
    }

    private void gather() {
        gatheringTakers++;
        long left = awaitedUntil - System.nanoTime();
        while (left > 0 && !closed && worthWaiting()) {
            try {
                left = Math.min(notEmpty.awaitNanos(left), awaitedUntil - System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                left = 0;
            }
        }
        if (left <= 0) {
            awaitedCalls = 0;
        }
        gatheringTakers--;
    }

    private boolean worthWaiting() {
        return awaitedCalls > 0 && waitingCalls() < share() && hasGaps();
    }

    /** Whether what waits is a batch that costs no less than one with more in it. */
    private boolean hasGaps() {
        return waiting.isEmpty()
                || batch.hasGaps(waitingTokens, waiting.getFirst().tokens().length);
    }

    private boolean awaitWork() {
        while (waiting.isEmpty() && !closed) {
            idleTakers++;
            notEmpty.awaitUninterruptibly();
            idleTakers--;
        }
        return !closed;
    }

    /** Drops what was cancelled, and wakes who waits for room. */
    void purge() {
        lock.lock();
        try {
            dropCancelled();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void dropCancelled() {
        waiting.removeIf(work -> work.cancelled() && work.fail(new EmbeddingCancelledException()));
        waitingTokens = waiting.stream().mapToLong(work -> work.tokens().length).sum();
    }

    /** Lets nothing in any more, and fails what waits. */
    void close() {
        List<Work> rest;
        lock.lock();
        try {
            closed = true;
            rest = List.copyOf(waiting);
            waiting.clear();
            waitingTokens = 0;
            notEmpty.signalAll();
            notFull.signalAll();
        } finally {
            lock.unlock();
        }
        rest.forEach(work -> work.fail(new EmbedderClosedException()));
    }

    boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
