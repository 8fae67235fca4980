package io.github.llamacpp4j.server;

import java.util.Map;
import java.util.function.Consumer;

/** Servers with routes that need no model. */
final class TestRoutes {

    static final String PATH = "/test";

    private TestRoutes() {}

    static ServerOptions.Builder options() {
        return ServerOptions.builder().port(0);
    }

    /** A server that answers {@code POST /test} by {@code handler}. */
    static Server server(ServerOptions options, Consumer<Exchange> handler) {
        Operation operation = Operation.request(
                "A test.", Json.object().put("type", "object"), Json.object().put("type", "object"));
        return Server.start(options, Map.of(PATH, Route.post(operation, handler::accept)));
    }

    /** A server that answers {@code POST /test} with the body of the request. */
    static Server echo(ServerOptions options) {
        return server(options, exchange -> exchange.json(200, exchange.body()));
    }
}
