package io.github.llamacpp4j.engine.embedding;

import java.util.concurrent.CompletableFuture;

/** A sequence to compute for a call. Thread-safe. */
final class Work {

    private final int[] tokens;
    private final Call call;
    private final CompletableFuture<float[]> result = new CompletableFuture<>();

    /** What the sequences of one call have in common: only its caller can cancel it. Thread-safe. */
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

    /** The row of numbers, once computed. */
    CompletableFuture<float[]> result() {
        return result;
    }

    /** Ends this without a row; false if it had ended already. */
    boolean fail(Throwable failure) {
        return result.completeExceptionally(failure);
    }

    Call call() {
        return call;
    }

    boolean cancelled() {
        return call.cancelled();
    }
}
