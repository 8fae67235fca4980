package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.EngineStep;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts an engine's steps, and notes at which of them the requests of each caller were cancelled. Thread-safe. */
final class StepLog implements EngineListener {

    /** How far a request was when it was cancelled. */
    enum Phase {
        QUEUED,
        READING,
        WRITING
    }

    /** The end of a request that nobody wanted any more. */
    record Release(long step, Phase phase) {}

    private final AtomicLong steps = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger unread = new AtomicInteger();
    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    private final Set<String> admitted = ConcurrentHashMap.newKeySet();
    private final Map<String, Release> releases = new ConcurrentHashMap<>();

    long steps() {
        return steps.get();
    }

    /** How many requests have come. */
    int queued() {
        return requests.get();
    }

    /** Whether a request of this caller has come. */
    boolean isQueued(String caller) {
        return queued.contains(caller);
    }

    /** Whether there is more of the prompt that was read last. */
    boolean isReading() {
        return unread.get() > 0;
    }

    /** Whether a request of this caller was begun. */
    boolean isAdmitted(String caller) {
        return admitted.contains(caller);
    }

    /** By caller. */
    Map<String, Release> releases() {
        return releases;
    }

    @Override
    public void admitted(long requestId, String caller, int promptTokens, int cachedTokens, long queuedNanos) {
        admitted.add(caller);
    }

    @Override
    public void queued(long requestId, String caller, int queueLength) {
        queued.add(caller);
        requests.incrementAndGet();
    }

    @Override
    public void prefilled(long requestId, int tokens, int remainingTokens) {
        unread.set(remainingTokens);
    }

    @Override
    public void stepped(EngineStep step) {
        steps.incrementAndGet();
    }

    @Override
    public void finished(long requestId, String caller, FinishedEvent end) {
        if (end.reason() == FinishReason.CANCELLED) {
            Phase phase = end.usage().generatedTokens() > 0
                    ? Phase.WRITING
                    : admitted.contains(caller) ? Phase.READING : Phase.QUEUED;
            releases.put(caller, new Release(steps.get(), phase));
        }
    }

    void forget() {
        queued.clear();
        requests.set(0);
        admitted.clear();
        releases.clear();
    }
}
