package io.github.llamacpp4j.engine.embedding;

import java.util.List;

/** A platform thread that owns one computer: takes batches from the queue and computes them until the queue is closed. */
final class SequenceOwner {

    private static final long ABORT_INTERVAL_MILLIS = 20;

    /** Waiting for callers that may come back takes at most this part of the time that their batch took. */
    private static final int PATIENCE_SHARE = 2;

    private static final long LONGEST_PATIENCE_NANOS = 10_000_000;

    private final WorkQueue queue;
    private final SequenceComputer computer;
    private final int ownThreads;
    private final int allThreads;
    private final Thread thread;
    private List<Work> current = List.of();

    /**
     * @param ownThreads how many threads compute while the other owners compute as well
     * @param allThreads how many threads compute when no other owner has anything to do
     */
    SequenceOwner(String name, WorkQueue queue, SequenceComputer computer, int ownThreads, int allThreads) {
        this.queue = queue;
        this.computer = computer;
        this.ownThreads = ownThreads;
        this.allThreads = allThreads;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (computer) {
            WorkQueue.Taken taken = queue.take(List.of(), 0);
            while (!taken.works().isEmpty()) {
                long start = System.nanoTime();
                setCurrent(taken.works());
                compute(taken.works(), threads(taken));
                setCurrent(List.of());
                long patience = Math.min((System.nanoTime() - start) / PATIENCE_SHARE, LONGEST_PATIENCE_NANOS);
                taken = queue.take(taken.works(), patience);
            }
        } catch (Error fatal) {
            current.forEach(work -> work.fail(fatal));
            queue.close();
            throw fatal;
        }
    }

    /** Under a lock, so that a batch is never stopped in place of the one before it. */
    private synchronized void setCurrent(List<Work> works) {
        current = works;
    }

    /** A sequence that is alone here and with all owners is done sooner by all threads; more of them are shared out instead. */
    private int threads(WorkQueue.Taken taken) {
        return taken.works().size() == 1 && taken.othersIdle() ? allThreads : ownThreads;
    }

    /** A batch that fails is computed again one by one, so that a sequence fails for its own faults only. */
    private void compute(List<Work> works, int threads) {
        try {
            List<float[]> rows =
                    computer.compute(works.stream().map(Work::tokens).toList(), threads);
            for (int i = 0; i < works.size(); i++) {
                works.get(i).result().complete(rows.get(i));
            }
        } catch (RuntimeException failure) {
            for (Work work : works) {
                if (queue.closed()) {
                    work.fail(new EmbedderClosedException());
                } else if (work.cancelled()) {
                    work.fail(new EmbeddingCancelledException());
                } else if (works.size() == 1) {
                    work.fail(failure);
                } else {
                    compute(List.of(work), threads);
                }
            }
        }
    }

    /** Stops the running batch if nobody wants anything of it any more. */
    synchronized void abortIfCancelled() {
        if (!current.isEmpty() && current.stream().allMatch(Work::cancelled)) {
            computer.abort();
        }
    }

    long estimatedBytes() {
        return computer.estimatedBytes();
    }

    /** Waits for the thread's end, the queue being closed; what it computes is stopped. */
    void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            computer.abort();
            try {
                thread.join(ABORT_INTERVAL_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
