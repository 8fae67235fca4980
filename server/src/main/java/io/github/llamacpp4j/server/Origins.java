package io.github.llamacpp4j.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Optional;

/**
 * Which web pages may use the server from a browser. A browser names the page's origin, or says that it is another site's;
 * other clients say neither and are not asked. Immutable and thread-safe.
 */
final class Origins {

    private static final HeaderName ALLOW_ORIGIN = HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN;

    private static final HeaderName FETCH_SITE = HeaderNames.create("sec-fetch-site");

    private final List<String> allowed;

    Origins(List<String> allowed) {
        this.allowed = allowed;
    }

    /**
     * Tells the browser what the page may do.
     *
     * @throws ApiException if the page may do nothing
     */
    void admit(ServerRequest request, HttpExchange exchange) {
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        if (!allowed.isEmpty()) {
            exchange.header(HeaderNames.VARY, "Origin");
        }
        if (origin.isEmpty() && !isForeign(request)) {
            return;
        }
        if (origin.isPresent() && isOwn(origin.get(), request.headers().first(HeaderNames.HOST))) {
            return;
        }
        if (!allowed.contains("*") && !origin.map(allowed::contains).orElse(false)) {
            throw new ApiException(
                    403,
                    "invalid_request_error",
                    "origin_not_allowed",
                    null,
                    "web pages from this origin may not use this server; start it with --cors-origin ORIGIN to allow them");
        }
        exchange.header(ALLOW_ORIGIN, allowed.contains("*") ? "*" : origin.orElseThrow());
        exchange.header(HeaderNames.create("access-control-expose-headers"), "warnings, retry-after");
        if (request.prologue().method().text().equals("OPTIONS")) {
            exchange.header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS");
            exchange.header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, x-api-key");
            exchange.header(HeaderNames.ACCESS_CONTROL_MAX_AGE, "3600");
        }
    }

    /** Whether a browser says of a request without an origin that the page of another site made it. */
    private static boolean isForeign(ServerRequest request) {
        return request.headers()
                .first(FETCH_SITE)
                .filter(site -> site.equals("cross-site") || site.equals("same-site"))
                .isPresent();
    }

    /** Whether the page came from this server by its address: a name could be one that its owner points here. */
    private static boolean isOwn(String origin, Optional<String> host) {
        return host.isPresent()
                && origin.equals("http://" + host.get())
                && host.get().matches("localhost(:\\d+)?|[0-9.]+(:\\d+)?|\\[[0-9a-fA-F:.]+](:\\d+)?");
    }
}
