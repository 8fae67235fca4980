package io.github.llamacpp4j.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An {@link Exchange} over Helidon's request and response. Used by the request's thread. */
final class HttpExchange implements Exchange {

    private static final HeaderName WARNINGS = HeaderNames.create("warnings");
    private static final String RETRY_SECONDS = "1";

    private final ServerRequest request;
    private final ServerResponse response;
    private final ServerOptions options;
    private final ClientConnection connection;
    private final List<String> warnings = new ArrayList<>();
    private ObjectNode body = Json.object();
    private String caller = "";
    private @Nullable SseSink sink;
    private boolean answered;
    private boolean closes;
    private int status;

    HttpExchange(ServerRequest request, ServerResponse response, ServerOptions options, ClientConnection connection) {
        this.request = request;
        this.response = response;
        this.options = options;
        this.connection = connection;
        closes = request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    @Override
    public ObjectNode body() {
        return body;
    }

    void body(ObjectNode value) {
        body = value;
    }

    @Override
    public String caller() {
        return caller;
    }

    void caller(String value) {
        caller = value;
    }

    @Override
    public boolean strict() {
        return options.strict();
    }

    @Override
    public void warn(String text) {
        warnings.add(visible(text));
    }

    @Override
    public void json(int code, JsonNode answer) {
        send(code, "application/json", Json.write(answer));
    }

    /** Sends a whole answer that is not JSON. */
    void text(String contentType, String answer) {
        send(200, contentType, answer.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends an answer without content. */
    void empty(Status code) {
        status = code.code();
        answered = true;
        response.status(code).send();
    }

    /** The last part of the path, decoded. */
    String lastSegment() {
        String path = request.path().path();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    void header(HeaderName name, String value) {
        response.header(name, value);
    }

    @Override
    public EventSink events() {
        begin(200, "text/event-stream");
        response.header(HeaderValues.CACHE_NO_CACHE);
        SseSink begun = new SseSink(response.outputStream(), connection, options.heartbeat());
        sink = begun;
        return begun;
    }

    @Override
    public void onClientGone(Runnable action) {
        connection.onGone(action);
    }

    /** Tells the client what went wrong, in whichever way is left. */
    void fail(ApiException error) {
        if (sink != null) {
            sink.fail(ErrorTable.body(error));
            return;
        }
        if (answered) {
            return;
        }
        if (error.status() == 429 || error.status() == 503) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_SECONDS);
        }
        if (error.status() == 401) {
            response.header(HeaderNames.create("www-authenticate"), "Bearer");
        }
        if (!request.content().consumed() && isLong()) {
            closes = true;
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        json(error.status(), ErrorTable.body(error));
    }

    /** Whether what is left of the body is too much, or of too unsure a length, to be read only to keep the connection. */
    private boolean isLong() {
        return request.content().hasEntity()
                && request.headers().contentLength().orElse(Long.MAX_VALUE) > options.maxBodyBytes();
    }

    /**
     * Ends a stream that its endpoint left open.
     *
     * @throws ClientGoneException if there is no answer because nobody waits for one
     */
    void finish() {
        if (sink != null) {
            sink.close();
        } else if (!answered) {
            IllegalStateException missing = new IllegalStateException("the endpoint gave no answer");
            if (connection.isGone()) {
                throw new ClientGoneException(missing);
            }
            throw missing;
        }
    }

    /** The request was read whole. */
    void requestRead() {
        connection.requestRead();
    }

    /** Whether the connection ends with this answer. */
    boolean closes() {
        return closes;
    }

    /** The status that was sent; 0 before. */
    int status() {
        return status;
    }

    private void send(int code, String contentType, byte[] bytes) {
        begin(code, contentType);
        connection.writing();
        try {
            if (request.prologue().method().text().equals("HEAD")) {
                response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(bytes.length));
                response.send();
            } else {
                response.send(bytes);
            }
        } finally {
            connection.written();
        }
    }

    private void begin(int code, String contentType) {
        if (answered) {
            throw new IllegalStateException("this request was answered before");
        }
        answered = true;
        status = code;
        response.status(Status.create(code));
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        if (!warnings.isEmpty()) {
            response.header(WARNINGS, String.join("; ", warnings));
        }
    }

    private static String visible(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().limit(200).forEach(c -> clean.append(c >= ' ' && c < 127 ? (char) c : '?'));
        return clean.toString();
    }
}
