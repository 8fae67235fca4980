package io.github.llamacpp4j.server;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection, wrapped around Helidon's, so that it is seen when the client leaves while its request is in work, and so that
 * clients that send or take data too slowly are dropped.
 *
 * <p>Only one thread reads at a time: the connection's own between requests, and during a request a watcher, which keeps what a
 * client sends early for the next request. Thread-safe.
 */
final class ClientConnection implements ServerConnection, ConnectionContext {

    /** The connection whose request the current thread serves. */
    static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    private static final long NEVER = Long.MAX_VALUE;
    private static final int MOST_BYTES_AHEAD = 1 << 16;
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final ConnectionContext context;
    private final ServerOptions options;
    private final Clock clock;
    private final long mostRequestBytes;
    private final DataReader reader;
    private final ServerConnection delegate;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> ahead = new ArrayDeque<>();
    private final List<Runnable> goneActions = new ArrayList<>();
    private int aheadBytes;
    private long requestBytes;
    private boolean lingers = true;
    private boolean readerAway;
    private boolean watching;
    private boolean ended;
    private boolean closing;
    private volatile long readDeadline;
    private volatile long writeDeadline = NEVER;
    private volatile @Nullable Thread reading;
    private volatile @Nullable Thread writer;
    private volatile @Nullable Runnable heartbeat;

    ClientConnection(
            ConnectionContext context, ServerOptions options, Clock clock, ServerConnectionSelector connections) {
        this.context = context;
        this.options = options;
        this.clock = clock;
        mostRequestBytes = options.maxHeaderBytes() + 2L * options.maxBodyBytes();
        reader = DataReader.create(this::readRequest);
        readDeadline = clock.after(options.requestTimeout());
        delegate = connections.connection(this);
    }

    /** Nanoseconds that only go forward; replaced in tests. */
    interface Clock {
        long nanos();

        default long after(Duration time) {
            return nanos() + time.toNanos();
        }
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        try {
            ScopedValue.where(CURRENT, this).call(() -> {
                delegate.handle(limit);
                return true;
            });
        } finally {
            if (lingers) {
                linger();
            }
        }
    }

    /** The request was read; from now on only the answer is awaited, and what else comes is for the next request. */
    void requestRead() {
        readDeadline = NEVER;
    }

    /**
     * The answer is complete.
     *
     * @param close whether the connection ends with it
     * @param wholeRead whether the client has nothing of its request left to send
     */
    void answered(boolean close, boolean wholeRead) {
        heartbeat = null;
        lingers = !(close && wholeRead);
        requestBytes = 0;
        lock.lock();
        try {
            watching = false;
            goneActions.clear();
            closing |= close;
        } finally {
            lock.unlock();
        }
        readDeadline = clock.after(options.idleTimeout());
    }

    /** Runs {@code action} when the client leaves before {@link #answered}, now if it has left. */
    void onGone(Runnable action) {
        boolean gone;
        lock.lock();
        try {
            gone = ended;
            if (!gone) {
                goneActions.add(action);
                if (!readerAway) {
                    readerAway = true;
                    Thread.startVirtualThread(this::watch);
                }
                watching = true;
            }
        } finally {
            lock.unlock();
        }
        if (gone) {
            action.run();
        }
    }

    /** Whether the client is known to have left. */
    boolean isGone() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** What is to be called regularly until the request is {@link #answered}; must not block. */
    void heartbeat(Runnable action) {
        heartbeat = action;
    }

    /** Marks that the client is about to be sent something. */
    void writing() {
        writer = Thread.currentThread();
        writeDeadline = clock.after(options.writeTimeout());
    }

    /** Marks that the client has taken what was sent. */
    void written() {
        writeDeadline = NEVER;
        writer = null;
    }

    /** Marks that the client cannot be reached any more. */
    void abandon() {
        gone();
    }

    /**
     * Looks after this connection; called again and again by the watchdog. Interrupting a thread that waits for a socket closes
     * the socket.
     */
    void tick() {
        long now = clock.nanos();
        if (passed(readDeadline, now)) {
            drop(reading);
        }
        if (passed(writeDeadline, now)) {
            drop(writer);
        }
        Runnable beat = heartbeat;
        if (beat != null) {
            beat.run();
        }
    }

    private void drop(@Nullable Thread waiting) {
        gone();
        if (waiting != null) {
            waiting.interrupt();
        }
    }

    private static boolean passed(long deadline, long now) {
        return deadline != NEVER && now - deadline > 0;
    }

    /**
     * Reads on for Helidon, which keeps a chunk, or the line that tells its length, until it has the end of it. A body in chunks may
     * take twice as many bytes as it holds.
     *
     * @throws RequestException if no request within the limits has so many bytes
     */
    private byte @Nullable [] readRequest() {
        byte[] bytes = read();
        if (bytes != null) {
            requestBytes += bytes.length;
            if (requestBytes > mostRequestBytes) {
                throw RequestException.builder()
                        .type(EventType.BAD_REQUEST)
                        .status(Status.REQUEST_ENTITY_TOO_LARGE_413)
                        .message("a request beyond all limits")
                        .setKeepAlive(false)
                        .build();
            }
        }
        return bytes;
    }

    /** Takes what the watcher has read; reads if there is none. Called by the connection's thread. */
    private byte @Nullable [] read() {
        lock.lock();
        try {
            while (ahead.isEmpty() && readerAway && !ended && !closing) {
                changed.await();
            }
            byte[] bytes = ahead.poll();
            if (bytes != null) {
                aheadBytes -= bytes.length;
                return bytes;
            }
            if (ended || closing) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("interrupted while waiting for the client", e);
        } finally {
            lock.unlock();
        }
        byte[] bytes = pull();
        if (bytes == null) {
            gone();
        }
        return bytes;
    }

    private byte @Nullable [] pull() {
        reading = Thread.currentThread();
        try {
            DataReader source = context.dataReader();
            source.ensureAvailable();
            return source.readBytes(source.available());
        } catch (DataReader.InsufficientDataAvailableException | CloseConnectionException | UncheckedIOException left) {
            return null;
        } finally {
            reading = null;
        }
    }

    private void watch() {
        while (true) {
            byte[] bytes = pull();
            if (bytes == null) {
                gone();
                return;
            }
            lock.lock();
            try {
                ahead.add(bytes);
                aheadBytes += bytes.length;
                changed.signalAll();
                if (!watching || aheadBytes > MOST_BYTES_AHEAD) {
                    readerAway = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void gone() {
        List<Runnable> actions;
        lock.lock();
        try {
            ended = true;
            readerAway = false;
            changed.signalAll();
            actions = List.copyOf(goneActions);
            goneActions.clear();
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    /** Lets a client that is still sending read the last answer, which closing the socket at once would take from it. */
    private void linger() {
        readDeadline = clock.after(LINGER);
        lock.lock();
        try {
            closing = false;
        } finally {
            lock.unlock();
        }
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (read() == null) {
                    return;
                }
            } catch (CloseConnectionException interrupted) {
                return;
            }
        }
    }

    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        delegate.close(interrupt);
    }

    @Override
    public ListenerContext listenerContext() {
        return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return context.executor();
    }

    @Override
    public DataWriter dataWriter() {
        return context.dataWriter();
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public Router router() {
        return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return context.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return context.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
        return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return context.localPeer();
    }

    @Override
    public boolean isSecure() {
        return context.isSecure();
    }

    @Override
    public String socketId() {
        return context.socketId();
    }

    @Override
    public String childSocketId() {
        return context.childSocketId();
    }
}
