package io.github.llamacpp4j.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Holds what readers saw of each request against what the engine told its listener. Thread-safe. */
final class SoakLedger implements EngineListener {

    private static final class Entry {
        final AtomicInteger tokens = new AtomicInteger();
        final AtomicInteger ends = new AtomicInteger();
    }

    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();
    private final LongAdder queued = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder readEvents = new LongAdder();
    private final LongAdder preempted = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final Map<FinishReason, LongAdder> reasons = new ConcurrentHashMap<>();

    @Override
    public void queued(long requestId, String caller, int queueLength) {
        queued.increment();
        entries.put(requestId, new Entry());
    }

    @Override
    public void rejected(String caller, int queueLength) {
        rejected.increment();
    }

    @Override
    public void firstToken(long requestId, long nanos) {
        entry(requestId).tokens.incrementAndGet();
    }

    @Override
    public void nextToken(long requestId, long nanos) {
        entry(requestId).tokens.incrementAndGet();
    }

    @Override
    public void finished(long requestId, String caller, FinishedEvent end) {
        ended.increment();
        reasons.computeIfAbsent(end.reason(), reason -> new LongAdder()).increment();
        entry(requestId).ends.incrementAndGet();
    }

    @Override
    public void failed(long requestId, String caller, Throwable cause) {
        throw new AssertionError("request " + requestId + " failed", cause);
    }

    @Override
    public void preempted(long requestId, int cells) {
        preempted.increment();
    }

    @Override
    public void evicted(int cells) {
        evicted.increment();
    }

    private Entry entry(long requestId) {
        return requireNonNull(entries.get(requestId), "an event before the request was queued");
    }

    long queued() {
        return queued.sum();
    }

    long readEvents() {
        return readEvents.sum();
    }

    /** A reader read a request to its end: as many tokens as the engine made, and one end. */
    void read(long requestId, int tokens, FinishedEvent end) {
        Entry entry = entry(requestId);
        readEvents.add(tokens + 1L);
        assertThat(end.usage().generatedTokens()).isEqualTo(tokens);
        assertThat(entry.tokens.get()).as("tokens of request %d", requestId).isEqualTo(tokens);
        assertThat(entry.ends.get()).as("ends of request %d", requestId).isLessThanOrEqualTo(1);
    }

    /** Every request ended exactly once. */
    void check() {
        assertThat(ended.sum()).isEqualTo(queued.sum());
        entries.forEach((id, entry) ->
                assertThat(entry.ends.get()).as("ends of request %d", id).isEqualTo(1));
    }

    @Override
    public String toString() {
        return queued + " requests, " + readEvents + " events checked, ended " + reasons + ", " + rejected
                + " refused, " + preempted + " preemptions, " + evicted + " evictions";
    }
}
