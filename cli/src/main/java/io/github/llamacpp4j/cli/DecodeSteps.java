package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.EngineStep;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How fast an engine is in steps that decode and read no prompt, from the end of one to the end of the next: with all that is done
 * between two batches, and without the waits for requests. Thread-safe.
 */
final class DecodeSteps implements EngineListener {

    private record Tally(long tokens, long nanos) {

        static Tally sum(Tally a, Tally b) {
            return new Tally(a.tokens + b.tokens, a.nanos + b.nanos);
        }
    }

    private final Map<Integer, Tally> byBatch = new HashMap<>();
    private int lastBatch;
    private long lastNanos;

    @Override
    public synchronized void stepped(EngineStep step) {
        long now = System.nanoTime();
        int batch = step.prefillTokens() == 0 ? step.decodeTokens() : 0;
        if (batch > 0 && batch == lastBatch) {
            byBatch.merge(batch, new Tally(batch, now - lastNanos), Tally::sum);
        }
        lastBatch = batch;
        lastNanos = now;
    }

    /** Tokens per second of batches of this size since the last call, if there were two in a row; forgets all others. */
    synchronized OptionalDouble take(int batch) {
        Tally tally = byBatch.get(batch);
        byBatch.clear();
        return tally == null ? OptionalDouble.empty() : OptionalDouble.of(1e9 * tally.tokens() / tally.nanos());
    }
}
