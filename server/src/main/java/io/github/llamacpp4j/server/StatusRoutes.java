package io.github.llamacpp4j.server;

import io.github.llamacpp4j.server.Route.Access;
import java.util.LinkedHashMap;
import java.util.Map;

/** The routes that tell about the server and its model. None of them waits for the engine. */
final class StatusRoutes {

    private final ServerState state;

    StatusRoutes(ServerState state) {
        this.state = state;
    }

    Map<String, Route> routes() {
        Map<String, Route> routes = new LinkedHashMap<>();
        routes.put("/health", Route.get(Access.OPEN, this::health));
        return routes;
    }

    private void health(Exchange exchange) {
        state.model();
        exchange.json(200, Json.object().put("status", "ok"));
    }
}
