package io.github.llamacpp4j.engine.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Answers each sequence with its first token; waits for permits if made so, and fails on {@link #POISON}. */
final class FakeComputer implements SequenceComputer {

    static final int POISON = -1;

    final List<List<int[]>> batches = new ArrayList<>();
    final Semaphore permits;
    final CountDownLatch started = new CountDownLatch(1);
    final AtomicBoolean aborted = new AtomicBoolean();
    final AtomicBoolean closed = new AtomicBoolean();

    FakeComputer(int permits) {
        this.permits = new Semaphore(permits);
    }

    @Override
    public List<float[]> compute(List<int[]> sequences, int threads) {
        started.countDown();
        permits.acquireUninterruptibly();
        if (aborted.getAndSet(false)) {
            throw new IllegalStateException("aborted");
        }
        synchronized (batches) {
            batches.add(List.copyOf(sequences));
        }
        if (sequences.stream().anyMatch(sequence -> sequence[0] == POISON)) {
            throw new IllegalStateException("poisoned");
        }
        return sequences.stream().map(sequence -> new float[] {sequence[0]}).toList();
    }

    @Override
    public void abort() {
        aborted.set(true);
        permits.release();
    }

    @Override
    public long estimatedBytes() {
        return 0;
    }

    @Override
    public void close() {
        closed.set(true);
    }
}
