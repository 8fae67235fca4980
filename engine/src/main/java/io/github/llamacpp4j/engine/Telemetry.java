package io.github.llamacpp4j.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Counts what the engine does and passes it on to listeners and to the flight recorder. The counters belong to the engine's
 * thread; what only listeners are told may come from any.
 */
final class Telemetry {

    private static final Logger LOGGER = System.getLogger(Telemetry.class.getName());

    private final List<GuardedListener> listeners;
    private long steps;
    private long promptTokens;
    private long cachedTokens;
    private long generatedTokens;
    private long evictions;
    private long preemptions;
    private long drafted;
    private long acceptedDrafts;

    Telemetry(List<EngineListener> listeners) {
        this.listeners = listeners.stream()
                .map(listener -> new GuardedListener(listener, new AtomicBoolean()))
                .toList();
    }

    /** A listener, and whether it has failed before. */
    private record GuardedListener(EngineListener listener, AtomicBoolean failed) {

        void tell(Consumer<EngineListener> event) {
            try {
                event.accept(listener);
            } catch (RuntimeException | Error e) { // one that breaks must not take the engine with it
                if (failed.compareAndSet(false, true)) {
                    LOGGER.log(Level.WARNING, "an engine listener failed, this is said once: " + listener, e);
                }
            }
        }
    }

    private void tell(Consumer<EngineListener> event) {
        for (GuardedListener each : listeners) {
            each.tell(event);
        }
    }

    void queued(Sequence sequence, int queueLength) {
        tell(l -> l.queued(sequence.id(), sequence.request().caller(), queueLength));
    }

    void rejected(String caller, int queueLength) {
        tell(l -> l.rejected(caller, queueLength));
    }

    void admitted(Sequence sequence, int cached, long queuedNanos) {
        cachedTokens += cached;
        tell(l -> l.admitted(sequence.id(), sequence.request().caller(), sequence.promptLength(), cached, queuedNanos));
    }

    void prefilled(Sequence sequence, int tokens, int remaining) {
        promptTokens += tokens;
        tell(l -> l.prefilled(sequence.id(), tokens, remaining));
    }

    void token(Sequence sequence, boolean first, long nanos) {
        generatedTokens++;
        tell(l -> {
            if (first) {
                l.firstToken(sequence.id(), nanos);
            } else {
                l.nextToken(sequence.id(), nanos);
            }
        });
    }

    void stepped(EngineStep step) {
        steps++;
        StepFlightEvent flight = new StepFlightEvent();
        if (flight.shouldCommit()) {
            flight.fill(step);
            flight.commit();
        }
        tell(l -> l.stepped(step));
    }

    void finished(Sequence sequence, FinishedEvent end) {
        RequestFlightEvent flight = new RequestFlightEvent();
        if (flight.shouldCommit()) {
            flight.fill(sequence.id(), end);
            flight.commit();
        }
        tell(l -> l.finished(sequence.id(), sequence.request().caller(), end));
    }

    void failed(Sequence sequence, Throwable cause) {
        LOGGER.log(Level.DEBUG, "request " + sequence.id() + " failed", cause);
        RequestFlightEvent flight = new RequestFlightEvent();
        if (flight.shouldCommit()) {
            flight.fillFailed(sequence.id(), sequence.request().promptTokens(), cause);
            flight.commit();
        }
        tell(l -> l.failed(sequence.id(), sequence.request().caller(), cause));
    }

    void evicted(int cells) {
        evictions++;
        tell(l -> l.evicted(cells));
    }

    void preempted(Sequence sequence, int cells) {
        preemptions++;
        tell(l -> l.preempted(sequence.id(), cells));
    }

    void speculated(Sequence sequence, int draftedTokens, int acceptedTokens) {
        drafted += draftedTokens;
        acceptedDrafts += acceptedTokens;
        tell(l -> l.speculated(sequence.id(), draftedTokens, acceptedTokens));
    }

    void stuck(long nanos) {
        LOGGER.log(Level.WARNING, "an engine step has been running for " + nanos / 1_000_000 + " ms");
        tell(l -> l.stuck(nanos));
    }

    EngineStats stats(int queueLength, int active, int retained, int usedCells, int cells) {
        return new EngineStats(
                queueLength,
                active,
                retained,
                usedCells,
                cells,
                steps,
                promptTokens,
                cachedTokens,
                generatedTokens,
                evictions,
                preemptions,
                drafted,
                acceptedDrafts);
    }
}
