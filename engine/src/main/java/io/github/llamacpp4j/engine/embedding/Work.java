package io.github.llamacpp4j.engine.embedding;

import java.util.concurrent.CompletableFuture;

/** A sequence to compute for a call. Thread-safe. */
final class Work {

    private final int[] tokens;
    private final Call call;
    private final CompletableFuture<float[]> result = new CompletableFuture<>();

    /** What the sequences of one call have in common. Thread-safe. */
    static final class Call {
        private volatile boolean cancelled;

        void cancel() {
            cancelled = true;
        }

        boolean cancelled() {
            return cancelled;
        }
    }

    Work(int[] tokens, Call call) {
        this.tokens = tokens;
        this.call = call;
    }

    /** At least one token; not to be changed. */
    int[] tokens() {
        return tokens;
    }

    Call call() {
        return call;
    }

    /** The row of numbers, once computed. */
    CompletableFuture<float[]> result() {
        return result;
    }

    boolean cancelled() {
        return call.cancelled();
    }
}
