package io.github.llamacpp4j.server;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.engine.EngineListener;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelectorConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;

/**
 * An OpenAI-compatible HTTP server. It listens from the start, so that its health can be asked while the model is loaded, and
 * answers requests once it is told to {@link #serve} a model.
 *
 * <p>Thread-safe. Each request has a virtual thread of its own.
 */
public final class Server implements AutoCloseable {

    private final ServerOptions options;
    private final ServerState state;
    private final Metrics metrics;
    private final Slots slots;
    private final ClientConnections connections;
    private final WebServer web;

    private Server(ServerOptions options, InetAddress address, Map<String, Route> more) {
        this.options = options;
        state = new ServerState();
        metrics = new Metrics();
        slots = new Slots();
        Http1Config http =
                Http1Config.builder().maxHeadersSize(options.maxHeaderBytes()).build();
        connections = new ClientConnections(
                Http1ConnectionSelectorConfig.builder().config(http).build(), options);
        metrics.watch(state, connections);
        web = WebServer.builder()
                .address(address)
                .port(options.port())
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .addConnectionSelector(connections)
                .maxTcpConnections(options.maxConnections())
                .connectionOptions(sockets())
                .writeBufferSize(0)
                .directHandlers(DirectErrors.handlers())
                .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                .routing(HttpRouting.builder().any(new Dispatcher(routes(more), state, options, metrics)))
                .build();
    }

    /** A client that vanishes without a word, as when its machine loses power, is noticed within a minute of silence. */
    private static SocketOptions sockets() {
        SocketOptions.Builder options = SocketOptions.builder().tcpNoDelay(true).socketKeepAlive(true);
        try (Socket probe = new Socket()) {
            if (probe.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                options.putSocketOption(ExtendedSocketOptions.TCP_KEEPIDLE, 30)
                        .putSocketOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10)
                        .putSocketOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no socket can be made", e);
        }
        return options.build();
    }

    /**
     * Starts a server, which listens when this returns and has no model yet.
     *
     * @throws IllegalArgumentException if the host is unknown, or other machines could use the server without a key
     * @throws UncheckedIOException if the port is taken
     */
    public static Server start(ServerOptions options) {
        return start(options, Map.of());
    }

    /** Starts a server that has {@code more} routes, by path. */
    static Server start(ServerOptions options, Map<String, Route> more) {
        InetAddress address = address(requireNonNull(options, "options"));
        requireFree(address, options.port());
        Server server = new Server(options, address, more);
        server.web.start();
        if (!server.web.isRunning()) {
            server.close();
            throw cannotListen(address, options.port(), new IOException("taken a moment ago"));
        }
        return server;
    }

    /** The web server only logs that it cannot listen. */
    private static void requireFree(InetAddress address, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw cannotListen(address, port, e);
        }
    }

    private static UncheckedIOException cannotListen(InetAddress address, int port, IOException cause) {
        return new UncheckedIOException(
                "cannot listen on " + address.getHostAddress() + " port " + port + ": " + cause.getMessage()
                        + "; choose another port, or 0 for any that is free",
                cause);
    }

    private static InetAddress address(ServerOptions options) {
        InetAddress address;
        try {
            address = InetAddress.getByName(options.host());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no host is called " + options.host(), e);
        }
        if (!address.isLoopbackAddress() && options.apiKeys().isEmpty() && !options.insecure()) {
            throw new IllegalArgumentException("listening on " + options.host()
                    + " would let everybody on the network use this server: set an API key (--api-key-file FILE), or say"
                    + " that this is meant (--insecure)");
        }
        return address;
    }

    private Routes routes(Map<String, Route> more) {
        Map<String, Route> routes = new LinkedHashMap<>(new StatusRoutes(state, metrics, slots).routes());
        routes.putAll(more);
        ApiEndpoints.operations().forEach((path, operation) -> routes.put(path, work(path, operation)));
        TokenEndpoints.operations().forEach((path, operation) -> routes.put(path, work(path, operation)));
        routes.put(
                "/openapi.json",
                Route.get(
                        Route.Access.KEY,
                        Operation.question("This description.", Json.object().put("type", "object")),
                        exchange -> exchange.json(
                                200,
                                OpenApi.document(
                                        routes,
                                        ApiEndpoints.schemas(options),
                                        !options.apiKeys().isEmpty()))));
        return new Routes(routes);
    }

    private Route work(String path, Operation operation) {
        return Route.post(operation, exchange -> state.endpoint(path).handle(exchange));
    }

    /** The port that the server listens on. */
    public int port() {
        return web.port();
    }

    /** Where the server listens. */
    public URI address() {
        String host = options.host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
    }

    /**
     * What makes {@code /metrics} and {@code /slots} tell of an engine: to be added to the {@code EngineOptions} of the model that
     * is going to be served.
     */
    public List<EngineListener> engineListeners() {
        return List.of(metrics.engineListener(), slots);
    }

    /**
     * Answers requests from now on.
     *
     * @param id what clients call the model
     * @param llama the model, which stays the caller's and open until the server is closed
     */
    public void serve(String id, Llama llama) {
        ServedModel model = ServedModel.of(requireNonNull(id, "id"), requireNonNull(llama, "llama"), options);
        if (model.generates()) {
            metrics.watch(llama.engine());
        }
        Map<String, Function<ServedModel, Endpoint>> makers = new HashMap<>(ApiEndpoints.routes());
        makers.putAll(TokenEndpoints.routes());
        state.serve(model, makers);
    }

    /**
     * Takes no more requests and waits until those in work are answered; new ones are told that the server is shutting down.
     *
     * @return whether all were answered within {@code timeout}; {@link #close} breaks off the rest
     */
    public boolean drain(Duration timeout) {
        return state.drain(timeout);
    }

    /** Stops at once. May be called more than once. */
    @Override
    public void close() {
        state.drain(Duration.ZERO);
        web.stop();
        connections.close();
    }
}
