package io.github.llamacpp4j.server;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Interrupts the thread that made it when the client leaves, until its work is done: what waits for embeddings or scores gives up
 * its call then. The client may leave on any thread.
 */
final class LeavingClient {

    private final Thread handler = Thread.currentThread();
    private boolean done;

    private LeavingClient() {}

    /**
     * Does what the client waits for. Afterwards the thread is not interrupted on account of the client.
     *
     * @param departure hears what to do when the client leaves, such as {@link Exchange#onClientGone(Runnable)}
     */
    static <T> T interrupting(Consumer<Runnable> departure, Supplier<T> work) {
        LeavingClient client = new LeavingClient();
        departure.accept(client::interrupt);
        try {
            return work.get();
        } finally {
            client.done();
        }
    }

    private synchronized void interrupt() {
        if (!done) {
            handler.interrupt();
        }
    }

    private void done() {
        synchronized (this) {
            done = true;
        }
        Thread.interrupted();
    }
}
