package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.FinishedEvent;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which request has which slot, and how far it is, as an engine tells it. Thread-safe.
 *
 * <p>The engine has no places, only a number of requests that it works on at a time; a request here has the lowest number that is
 * free when it begins.
 */
final class Slots implements EngineListener {

    private final Map<Long, Work> running = new ConcurrentHashMap<>();

    /** One request in work. Counted by the engine's thread, read by any. */
    static final class Work {
        private final int slot;
        private final long request;
        private final int promptTokens;
        private final int cachedTokens;
        private volatile int remainingPrompt;
        private volatile int generated;

        private Work(int slot, long request, int promptTokens, int cachedTokens) {
            this.slot = slot;
            this.request = request;
            this.promptTokens = promptTokens;
            this.cachedTokens = cachedTokens;
            remainingPrompt = promptTokens - cachedTokens;
        }

        /** Which of the slots it has. */
        int slot() {
            return slot;
        }

        /** The engine's number of the request. */
        long request() {
            return request;
        }

        /** How long its prompt is. */
        int promptTokens() {
            return promptTokens;
        }

        /** How much of the prompt needed no work. */
        int cachedTokens() {
            return cachedTokens;
        }

        /** How much of the prompt was read. */
        int readTokens() {
            return Math.max(0, promptTokens - cachedTokens - remainingPrompt);
        }

        /** How many tokens were generated. */
        int generatedTokens() {
            return generated;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // only the engine's thread writes
        private void generate() {
            generated++;
        }
    }

    /** What is in work now, by slot. */
    List<Work> inWork() {
        return running.values().stream()
                .sorted(Comparator.comparingInt(Work::slot))
                .toList();
    }

    private int freeSlot() {
        BitSet taken = new BitSet();
        running.values().forEach(work -> taken.set(work.slot()));
        return taken.nextClearBit(0);
    }

    @Override
    public void admitted(long requestId, String caller, int promptTokens, int cachedTokens, long queuedNanos) {
        running.put(requestId, new Work(freeSlot(), requestId, promptTokens, cachedTokens));
    }

    @Override
    public void prefilled(long requestId, int tokens, int remainingTokens) {
        Work work = running.get(requestId);
        if (work != null) {
            work.remainingPrompt = remainingTokens;
        }
    }

    @Override
    public void firstToken(long requestId, long nanos) {
        count(requestId);
    }

    @Override
    public void nextToken(long requestId, long nanos) {
        count(requestId);
    }

    private void count(long requestId) {
        Work work = running.get(requestId);
        if (work != null) {
            work.generate();
        }
    }

    @Override
    public void finished(long requestId, String caller, FinishedEvent end) {
        running.remove(requestId);
    }

    @Override
    public void failed(long requestId, String caller, Throwable cause) {
        running.remove(requestId);
    }
}
