package io.github.llamacpp4j.server;

import io.github.llamacpp4j.server.Route.Access;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** Takes every request from Helidon to its route, and whatever goes wrong on the way to an error reply. Thread-safe. */
final class Dispatcher implements Handler {

    private static final Logger LOGGER = System.getLogger("io.github.llamacpp4j.server");

    private final Routes routes;
    private final ServerState state;
    private final ServerOptions options;
    private final Metrics metrics;
    private final ApiKeys keys;
    private final Origins origins;
    private final RequestBodies bodies;

    Dispatcher(Routes routes, ServerState state, ServerOptions options, Metrics metrics) {
        this.routes = routes;
        this.state = state;
        this.options = options;
        this.metrics = metrics;
        keys = new ApiKeys(options.apiKeys());
        origins = new Origins(options.corsOrigins());
        bodies = new RequestBodies(options);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        ClientConnection connection = ClientConnection.CURRENT.get();
        HttpExchange exchange = new HttpExchange(request, response, options, connection);
        Optional<String> pattern = routes.pattern(request.path().rawPath());
        String name = pattern.orElse("unknown");
        long start = System.nanoTime();
        try {
            answerOrFail(request, exchange, pattern.map(routes::get), name);
        } catch (ClientGoneException | CloseConnectionException gone) {
            metrics.clientLeft(name);
            throw new CloseConnectionException("the client has left", gone);
        } finally {
            connection.answered(
                    exchange.closes(),
                    !request.content().hasEntity() || request.content().consumed());
            metrics.answered(name, exchange.status(), System.nanoTime() - start);
        }
        if (exchange.closes() && !request.content().consumed()) {
            throw new CloseConnectionException("the body was refused");
        }
    }

    private void answerOrFail(ServerRequest request, HttpExchange exchange, Optional<Route> route, String name) {
        try {
            answer(request, exchange, route);
        } catch (ClientGoneException | CloseConnectionException gone) {
            throw gone;
        } catch (RuntimeException | Error failure) {
            ApiException error = ErrorTable.of(failure);
            if (error.status() == 500) {
                LOGGER.log(Level.ERROR, "a request to " + name + " failed", redacted(failure));
            }
            exchange.fail(error);
        }
    }

    private void answer(ServerRequest request, HttpExchange exchange, Optional<Route> found) {
        origins.admit(request, exchange);
        String method = request.prologue().method().text();
        if (method.equals("OPTIONS")) {
            exchange.header(HeaderNames.ALLOW, found.map(Route::allow).orElse("GET, HEAD, POST, OPTIONS"));
            exchange.empty(Status.NO_CONTENT_204);
            return;
        }
        if (found.isEmpty() || found.get().access() != Access.OPEN) {
            exchange.caller(keys.caller(request.headers())
                    .orElseGet(() -> request.remotePeer().host()));
        }
        Route route = found.orElseThrow(Dispatcher::unknown);
        if (!route.answers(method)) {
            exchange.header(HeaderNames.ALLOW, route.allow());
            throw new ApiException(
                    405,
                    "invalid_request_error",
                    "method_not_allowed",
                    null,
                    "expected " + route.method() + ", found another method");
        }
        if (route.access() == Access.WORK) {
            work(request, exchange, route);
        } else {
            route.handler().accept(exchange);
        }
    }

    private void work(ServerRequest request, HttpExchange exchange, Route route) {
        state.enter();
        try {
            exchange.body(bodies.read(request));
            exchange.requestRead();
            route.handler().accept(exchange);
            exchange.finish();
        } finally {
            state.left();
        }
    }

    private static ApiException unknown() {
        return new ApiException(
                404,
                "invalid_request_error",
                "unknown_url",
                null,
                "there is nothing here; /openapi.json lists what is");
    }

    /** The failure without its words, which may quote a prompt. */
    private static Throwable redacted(Throwable failure) {
        Throwable clean = new IllegalStateException(failure.getClass().getName());
        clean.setStackTrace(failure.getStackTrace());
        Throwable cause = failure.getCause();
        if (cause != null) {
            clean.initCause(redacted(cause));
        }
        return clean;
    }
}
