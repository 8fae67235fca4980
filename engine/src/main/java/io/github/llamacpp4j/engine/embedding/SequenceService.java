package io.github.llamacpp4j.engine.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Several owner threads that share one queue. Thread-safe. */
final class SequenceService implements AutoCloseable {

    private final WorkQueue queue;
    private final List<SequenceOwner> owners = new ArrayList<>();

    /**
     * How much is computed at once, and by whom.
     *
     * @param contexts how many owner threads there are, each with a computer
     * @param threads how many threads compute, for all contexts together
     * @param batch how much is computed in one go
     * @param queueCapacity see {@link WorkQueue}
     */
    record Shape(int contexts, int threads, BatchShape batch, int queueCapacity) {

        /** How many threads each context has while all of them compute. */
        int ownThreads() {
            return Math.max(1, threads / contexts);
        }
    }

    SequenceService(String name, Shape shape, Supplier<? extends SequenceComputer> computers) {
        this.queue = new WorkQueue(shape.queueCapacity(), shape.batch(), shape.contexts());
        List<SequenceComputer> made = new ArrayList<>();
        try {
            for (int i = 0; i < shape.contexts(); i++) {
                made.add(computers.get());
            }
        } catch (RuntimeException | Error failure) {
            made.forEach(SequenceComputer::close);
            throw failure;
        }
        for (int i = 0; i < made.size(); i++) {
            owners.add(new SequenceOwner(
                    "llamacpp4j-" + name + "-" + i, queue, made.get(i), shape.ownThreads(), shape.threads()));
        }
        owners.forEach(SequenceOwner::start);
    }

    /** Takes the first work of a call. */
    void begin(List<Work> works) {
        queue.offer(works);
    }

    /** Takes more work of a call that has begun; may wait. */
    void goOn(List<Work> works) throws InterruptedException {
        queue.put(works);
    }

    /** Gives up cancelled calls: what waits is dropped, what runs for them alone is stopped. */
    void dropCancelled() {
        queue.purge();
        owners.forEach(SequenceOwner::abortIfCancelled);
    }

    /** Whether work is taken. */
    boolean isOpen() {
        return !queue.closed();
    }

    /** How many sequences wait. */
    int waiting() {
        return queue.size();
    }

    /** About how many bytes the computers take now, beside the model's weights. */
    long estimatedBytes() {
        return owners.stream().mapToLong(SequenceOwner::estimatedBytes).sum();
    }

    /** Fails what waits, stops what runs, and frees the computers. Closing twice does nothing. */
    @Override
    public void close() {
        queue.close();
        owners.forEach(SequenceOwner::awaitEnd);
    }
}
