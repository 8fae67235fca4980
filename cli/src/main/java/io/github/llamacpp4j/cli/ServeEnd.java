package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.server.Server;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a server when the process is told to end: running requests are answered first, and the exit code is 0, where that of an
 * interrupted JVM would be the signal's. Opened before the server has its model, closed after all that it uses.
 */
final class ServeEnd implements AutoCloseable {

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

    private final Server server;
    private final Duration patience;
    private final Terminal terminal;
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("llamacpp4j-drain").unstarted(this::end);
    private volatile boolean awaited;

    private ServeEnd(Server server, Duration patience, Terminal terminal) {
        this.server = server;
        this.patience = patience;
        this.terminal = terminal;
    }

    static ServeEnd onSignal(Server server, Duration patience, Terminal terminal) {
        ServeEnd end = new ServeEnd(server, patience, terminal);
        Runtime.getRuntime().addShutdownHook(end.hook);
        return end;
    }

    /** Waits until the process is told to end and running requests are answered or out of time. */
    void await() throws InterruptedException {
        awaited = true;
        drained.await();
    }

    private void end() {
        terminal.err().println("ending: waiting for running requests, " + patience.toSeconds() + " s at most");
        boolean done = server.drain(patience);
        drained.countDown();
        if (awaited) {
            waitForClose();
        }
        terminal.err().println(done ? "ended" : "ended; requests were broken off");
        terminal.out().flush();
        terminal.err().flush();
        Runtime.getRuntime().halt(0);
    }

    private void waitForClose() {
        try {
            if (!closed.await(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                terminal.err().println("the engine did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the hook is what brought us here
        }
    }
}
