package io.github.llamacpp4j.server;

import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/** Words the refusals that Helidon makes by itself, before any route is asked, as the OpenAI API does. */
final class DirectErrors implements DirectHandler {

    /** Helidon's words for headers beyond its limit, which it answers with 400. */
    private static final String HEADERS_TOO_LARGE = "Header size exceeded";

    static DirectHandlers handlers() {
        DirectErrors errors = new DirectErrors();
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, errors);
        }
        return handlers.build();
    }

    @Override
    public TransportResponse handle(
            TransportRequest request, EventType type, Status status, ServerResponseHeaders headers, String message) {
        ApiException error = error(code(request, status, message));
        headers.set(HeaderNames.CONTENT_TYPE, "application/json");
        return TransportResponse.builder()
                .status(Status.create(error.status()))
                .headers(headers)
                .header(HeaderValues.CONNECTION_CLOSE)
                .entity(Json.write(ErrorTable.body(error)))
                .build();
    }

    /** What Helidon calls its own fault is the client's where it happened before the method was read, which may hold control characters. */
    private static int code(TransportRequest request, Status status, String message) {
        if (HEADERS_TOO_LARGE.equals(message)) {
            return 431;
        }
        return status.code() == 500 && request.method().isEmpty() ? 400 : status.code();
    }

    private static ApiException error(int status) {
        return switch (status) {
            case 413 -> refused(413, "request_too_large", "the body is larger than this server takes");
            case 414 -> refused(414, "uri_too_long", "the address is longer than this server takes");
            case 431 -> refused(431, "headers_too_large", "the headers are larger than this server takes");
            case 503 -> ErrorTable.unavailable("overloaded", "too many requests at the same time; try again soon");
            case 500 -> ErrorTable.internal();
            default -> refused(400, "malformed_request", "this is not a well-formed HTTP/1.1 request");
        };
    }

    private static ApiException refused(int status, String code, String message) {
        return new ApiException(status, "invalid_request_error", code, null, message);
    }
}
