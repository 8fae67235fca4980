package io.github.llamacpp4j.engine.embedding;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The results for a sequence of texts in their order, while at most two chunks of texts are on their way. Within a chunk
 * long and short texts are computed in turn, so that batches fill up well. One thread reads; any thread may close.
 *
 * @param <T> a text, or what stands for one
 * @param <R> what a text becomes
 */
final class OrderedResults<T, R> implements Iterator<R>, AutoCloseable {

    static final int CHUNK_TEXTS = 128;

    /** A chunk ends early at this many tokens, so that long texts do not pile up. */
    private static final int CHUNK_TOKENS = 1 << 15;

    /** Makes a result of the rows that were computed for a text's parts. */
    @FunctionalInterface
    interface Finisher<R> {
        R finish(Plan plan, List<float[]> rows);
    }

    /** A text on its way; without a plan it has failed already. */
    private record Item(
            @Nullable Plan plan, List<Work> works, @Nullable RuntimeException failure) {

        static Item failed(RuntimeException failure) {
            return new Item(null, List.of(), failure);
        }

        int tokenCount() {
            return plan == null ? 0 : plan.tokenCount();
        }
    }

    private final SequenceService service;
    private final Iterator<? extends T> texts;
    private final Function<? super T, Plan> planner;
    private final Finisher<R> finisher;
    private final Work.Call call = new Work.Call();
    private final List<Item> chunk = new ArrayList<>();
    private final ArrayDeque<Item> pending = new ArrayDeque<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private boolean begun;
    private boolean sourceFailed;
    private long answered;

    OrderedResults(
            SequenceService service,
            Iterator<? extends T> texts,
            Function<? super T, Plan> planner,
            Finisher<R> finisher) {
        this.service = service;
        this.texts = texts;
        this.planner = planner;
        this.finisher = finisher;
    }

    @Override
    public boolean hasNext() {
        if (call.cancelled()) {
            forget();
            return false;
        }
        return !pending.isEmpty() || !chunk.isEmpty() || texts.hasNext();
    }

    /**
     * The next text's result.
     *
     * @throws EmbedderOverloadedException if the service refuses this call; the next one tries again with the same texts
     * @throws RuntimeException if that text, or reading it, failed; the next call goes on with the text after it
     */
    @Override
    public R next() {
        if (call.cancelled()) {
            forget();
            throw new EmbeddingCancelledException();
        }
        try {
            while (pending.size() <= CHUNK_TEXTS && readChunk()) {
                submitChunk();
            }
            if (pending.isEmpty()) {
                throw new NoSuchElementException("every text has been answered");
            }
            Item item = pending.remove();
            answered++;
            return result(item);
        } catch (InterruptedException interruption) {
            close();
            Thread.currentThread().interrupt();
            throw new EmbeddingCancelledException(interruption);
        }
    }

    /**
     * All results that are left.
     *
     * @param total how many there are
     * @param progress hears of each
     * @throws EmbeddingCancelledException if the listener asks to stop
     * @throws EmbeddingException if a text failed
     */
    List<R> all(int total, EmbeddingProgressListener progress) {
        List<R> all = new ArrayList<>(total);
        while (hasNext()) {
            all.add(next());
            if (!progress.onProgress(all.size(), total)) {
                throw new EmbeddingCancelledException(
                        "the progress listener asked to stop after " + all.size() + " of " + total + " texts");
            }
        }
        return all;
    }

    /** How many texts have been answered, with a result or an exception. */
    long answered() {
        return answered;
    }

    private void forget() {
        chunk.clear();
        pending.clear();
    }

    /** Reads texts unless some wait to be submitted; false if there are none. A source that failed rests until that is told. */
    private boolean readChunk() {
        if (!chunk.isEmpty()) {
            return true;
        }
        sourceFailed = sourceFailed && !pending.isEmpty();
        int tokens = 0;
        while (chunk.size() < CHUNK_TEXTS && tokens < CHUNK_TOKENS && !sourceFailed) {
            Optional<Item> item = nextItem();
            if (item.isEmpty()) {
                break;
            }
            chunk.add(item.get());
            tokens += item.get().tokenCount();
        }
        return !chunk.isEmpty();
    }

    /** What fails in reading is the failure of the text that is not there. */
    private Optional<Item> nextItem() {
        T text;
        try {
            if (!texts.hasNext()) {
                return Optional.empty();
            }
            text = texts.next();
        } catch (RuntimeException failure) {
            sourceFailed = true;
            return Optional.of(Item.failed(failure));
        }
        return Optional.of(item(text));
    }

    /** A refused chunk is kept; one that comes too late fails, text by text. */
    private void submitChunk() throws InterruptedException {
        List<Work> works = longAndShortInTurn(
                chunk.stream().flatMap(item -> item.works().stream()).toList());
        unanswered.addAndGet(works.size());
        try {
            if (begun) {
                service.goOn(works);
            } else {
                service.begin(works);
                begun = true;
            }
        } catch (EmbedderOverloadedException refused) {
            unanswered.addAndGet(-works.size());
            throw refused;
        } catch (EmbedderClosedException closed) {
            works.forEach(work -> work.fail(closed));
        }
        pending.addAll(chunk);
        chunk.clear();
    }

    /** The longest, the shortest, the second longest and so on: what is left beside a long one suits a short one. */
    private static List<Work> longAndShortInTurn(List<Work> works) {
        List<Work> sorted = works.stream()
                .sorted(Comparator.comparingInt((Work work) -> work.tokens().length)
                        .reversed())
                .toList();
        int last = sorted.size() - 1;
        return IntStream.rangeClosed(0, last)
                .mapToObj(i -> sorted.get(i % 2 == 0 ? i / 2 : last - i / 2))
                .toList();
    }

    private Item item(T text) {
        try {
            Plan plan = planner.apply(text);
            return new Item(
                    plan,
                    plan.parts().stream().map(part -> new Work(part, call)).toList(),
                    null);
        } catch (IllegalStateException failure) { // a closed model, which may have been closed with this service
            return Item.failed(service.isOpen() ? failure : new EmbedderClosedException());
        } catch (RuntimeException failure) {
            return Item.failed(failure);
        }
    }

    private R result(Item item) throws InterruptedException {
        if (item.failure() != null) {
            throw item.failure();
        }
        if (item.plan() == null) {
            throw new IllegalStateException("a text without a plan and without a failure");
        }
        List<float[]> rows = new ArrayList<>(item.works().size());
        for (Work work : item.works()) {
            rows.add(row(work));
            unanswered.decrementAndGet();
        }
        return finisher.finish(item.plan(), rows);
    }

    private static float[] row(Work work) throws InterruptedException {
        try {
            return work.result().get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof EmbedderClosedException) {
                throw new EmbedderClosedException();
            }
            if (cause instanceof EmbeddingCancelledException) {
                throw new EmbeddingCancelledException();
            }
            throw new EmbeddingFailedException(work.tokens().length, cause == null ? failed : cause);
        }
    }

    /** Gives up what has not been answered; by any thread. */
    @Override
    public void close() {
        if (call.cancelled()) {
            return;
        }
        call.cancel();
        if (unanswered.get() > 0) {
            service.dropCancelled();
        }
    }
}
