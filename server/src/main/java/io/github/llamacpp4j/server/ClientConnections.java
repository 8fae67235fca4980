package io.github.llamacpp4j.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All {@link ClientConnection connections} of a server, looked after by one thread. Thread-safe. */
final class ClientConnections implements ServerConnectionSelector, AutoCloseable {

    private static final Duration ROUND = Duration.ofMillis(250);

    private final ServerConnectionSelector delegate;
    private final ServerOptions options;
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final Thread watchdog;

    ClientConnections(ServerConnectionSelector delegate, ServerOptions options) {
        this.delegate = delegate;
        this.options = options;
        watchdog = Thread.ofVirtual().name("llamacpp4j-connections").start(this::watch);
    }

    /** How many clients are connected. */
    int count() {
        return open.size();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        ClientConnection connection = new ClientConnection(context, options, System::nanoTime, delegate);
        return new ServerConnection() {
            @Override
            public void handle(Limit limit) throws InterruptedException {
                open.add(connection);
                try {
                    connection.handle(limit);
                } finally {
                    open.remove(connection);
                }
            }

            @Override
            public Duration idleTime() {
                return connection.idleTime();
            }

            @Override
            public void close(boolean interrupt) {
                connection.close(interrupt);
            }
        };
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(ROUND);
                open.forEach(ClientConnection::tick);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int bytesToIdentifyConnection() {
        return delegate.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return delegate.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return delegate.supportedApplicationProtocols();
    }

    @Override
    public void close() {
        watchdog.interrupt();
    }
}
