package io.github.llamacpp4j.server;

import java.util.function.Consumer;

/**
 * Interrupts the thread that made it when the client leaves, until it is closed: what waits for embeddings or scores gives
 * up its call then. Closed by the thread that made it; the client may leave on any thread.
 */
final class LeavingClient implements AutoCloseable {

    private final Thread handler = Thread.currentThread();
    private boolean closed;

    /** @param departure hears what to do when the client leaves, such as {@link Exchange#onClientGone(Runnable)} */
    LeavingClient(Consumer<Runnable> departure) {
        departure.accept(this::interrupt);
    }

    private synchronized void interrupt() {
        if (!closed) {
            handler.interrupt();
        }
    }

    /** Afterwards the thread is not interrupted any more on account of the client. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        Thread.interrupted();
    }
}
