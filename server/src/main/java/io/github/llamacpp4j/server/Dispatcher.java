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
import java.util.Map;

/** Takes every request from Helidon to its route, and whatever goes wrong on the way to an error reply. Thread-safe. */
final class Dispatcher implements Handler {

    private static final Logger LOGGER = System.getLogger("io.github.llamacpp4j.server");

    private final Map<String, Route> routes;
    private final ServerState state;
    private final ServerOptions options;
    private final ApiKeys keys;
    private final Origins origins;
    private final RequestBodies bodies;

    Dispatcher(Map<String, Route> routes, ServerState state, ServerOptions options) {
        this.routes = routes;
        this.state = state;
        this.options = options;
        keys = new ApiKeys(options.apiKeys());
        origins = new Origins(options.corsOrigins());
        bodies = new RequestBodies(options);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        ClientConnection connection = ClientConnection.CURRENT.get();
        HttpExchange exchange = new HttpExchange(request, response, options, connection);
        try {
            answer(request, exchange);
        } catch (ClientGoneException gone) {
            throw new CloseConnectionException("the client has left", gone);
        } catch (CloseConnectionException gone) {
            throw gone;
        } catch (RuntimeException | StackOverflowError failure) {
            fail(request, exchange, failure);
        } finally {
            connection.answered(exchange.closes());
        }
        if (!request.content().consumed() && exchange.closes()) {
            throw new CloseConnectionException("the body was refused");
        }
    }

    private void answer(ServerRequest request, HttpExchange exchange) {
        origins.admit(request, exchange);
        String method = request.prologue().method().text();
        Route route = routes.get(request.path().rawPath());
        if (method.equals("OPTIONS")) {
            exchange.header(HeaderNames.ALLOW, route == null ? "GET, HEAD, POST, OPTIONS" : route.allow());
            exchange.empty(Status.NO_CONTENT_204);
            return;
        }
        String caller = route != null && route.access() == Access.OPEN
                ? ""
                : keys.caller(request.headers()).orElse(request.remotePeer().host());
        if (route == null) {
            throw new ApiException(
                    404,
                    "invalid_request_error",
                    "unknown_url",
                    null,
                    "there is nothing here; /openapi.json lists what is");
        }
        if (!route.answers(method)) {
            exchange.header(HeaderNames.ALLOW, route.allow());
            throw new ApiException(
                    405,
                    "invalid_request_error",
                    "method_not_allowed",
                    null,
                    "expected " + route.method() + ", found another method");
        }
        exchange.caller(caller);
        if (route.access() != Access.WORK) {
            route.endpoint().handle(exchange);
            return;
        }
        state.enter();
        try {
            exchange.body(bodies.read(request));
            exchange.requestRead();
            route.endpoint().handle(exchange);
            exchange.finish();
        } finally {
            state.left();
        }
    }

    private void fail(ServerRequest request, HttpExchange exchange, Throwable failure) {
        ApiException error = ErrorTable.of(failure);
        if (error.status() >= 500 && !(failure instanceof ApiException)) {
            LOGGER.log(Level.ERROR, "a request to " + route(request) + " failed", redacted(failure));
        }
        exchange.fail(error);
    }

    private String route(ServerRequest request) {
        String path = request.path().rawPath();
        return routes.containsKey(path) ? path : "an unknown path";
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
