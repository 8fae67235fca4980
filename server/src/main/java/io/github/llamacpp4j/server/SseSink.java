package io.github.llamacpp4j.server;

import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/**
 * Writes server-sent events: one write to the socket for each batch, none of it kept back. What a client does not take blocks
 * the thread that reads its generation, which thereby pauses, and nobody else. The lock guards the socket, which the heartbeat
 * writes to as well; what is put together for it is the request's thread's alone.
 */
final class SseSink implements EventSink {

    private static final byte[] DATA = ascii("data: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");
    private static final byte[] HEARTBEAT = ascii(": waiting\n\n");

    private final OutputStream out;
    private final ClientConnection connection;
    private final long silenceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final JsonBuffer pending = new JsonBuffer();
    private volatile long lastWrite = System.nanoTime();
    private boolean closed;

    SseSink(OutputStream out, ClientConnection connection, Duration silence) {
        this.out = out;
        this.connection = connection;
        silenceNanos = silence.toNanos();
        connection.heartbeat(this::beat);
    }

    @Override
    public void send(JsonNode data) {
        pending.writeBytes(DATA);
        Json.write(data, pending);
        pending.writeBytes(END);
        flush();
    }

    @Override
    public void add(JsonBuffer json) {
        pending.writeBytes(DATA);
        pending.write(json.array(), 0, json.size());
        pending.writeBytes(END);
    }

    @Override
    public void flush() {
        if (pending.size() > 0) {
            try {
                write(pending.array(), pending.size());
            } finally {
                pending.reset();
            }
        }
    }

    @Override
    public void done() {
        pending.writeBytes(DONE);
        flush();
    }

    @Override
    public boolean clientGone() {
        return connection.isGone();
    }

    @Override
    public void onClientGone(Runnable action) {
        connection.onGone(action);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                out.close();
            }
        } catch (IOException | ServerConnectionException | UncheckedIOException e) {
            throw new ClientGoneException(e);
        } finally {
            lock.unlock();
        }
    }

    /** Tells of an error in mid-stream and ends. */
    void fail(JsonNode error) {
        send(error);
        close();
    }

    private void write(byte[] bytes, int length) {
        lock.lock();
        try {
            if (!closed) {
                writeOpen(bytes, length);
            }
        } finally {
            lock.unlock();
        }
    }

    private void writeOpen(byte[] bytes, int length) {
        connection.writing();
        try {
            out.write(bytes, 0, length);
            out.flush();
        } catch (IOException | ServerConnectionException | UncheckedIOException e) {
            closed = true;
            throw new ClientGoneException(e);
        } finally {
            connection.written();
            lastWrite = System.nanoTime();
        }
    }

    /** Called by the watchdog, which must not wait for this client: a thread of its own does the writing. */
    private void beat() {
        if (System.nanoTime() - lastWrite >= silenceNanos && !lock.isLocked()) {
            lastWrite = System.nanoTime();
            Thread.startVirtualThread(this::writeHeartbeat);
        }
    }

    private void writeHeartbeat() {
        try {
            write(HEARTBEAT, HEARTBEAT.length);
        } catch (ClientGoneException left) {
            connection.abandon();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
