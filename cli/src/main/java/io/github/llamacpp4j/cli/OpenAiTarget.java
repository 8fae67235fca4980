package io.github.llamacpp4j.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server that speaks OpenAI's protocol. */
final class OpenAiTarget implements LoadTarget {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int SHOWN_ERROR_CHARS = 300;
    private static final String DATA = "data:";

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final String base;
    private final String model;

    private OpenAiTarget(String url) {
        String trimmed = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        base = trimmed.endsWith("/v1") ? trimmed : trimmed + "/v1";
        model = firstModel();
    }

    /** Asks the server what it serves. */
    static OpenAiTarget at(String url) {
        try {
            return new OpenAiTarget(url);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("usage", "--against needs a URL such as http://localhost:8080, got " + url);
        }
    }

    private String firstModel() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/models"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            checkStatus(response.statusCode(), response.body());
            return Json.MAPPER
                    .readTree(response.body())
                    .path("data")
                    .path(0)
                    .path("id")
                    .asString("default");
        } catch (IOException | JacksonException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    @Override
    public String name() {
        return base;
    }

    @Override
    public LoadReply send(LoadRequest request, Runnable onPiece) {
        ObjectNode body = body(request);
        URI address = URI.create(base + (request.thinking() == null ? "/completions" : "/chat/completions"));
        HttpRequest post = JsonPost.to(address, body).timeout(PATIENCE).build();
        long start = System.nanoTime();
        try {
            HttpResponse<Stream<String>> response = client.send(post, HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                if (response.statusCode() != 200) {
                    checkStatus(response.statusCode(), lines.limit(20).collect(Collectors.joining("\n")));
                }
                return read(lines.iterator(), start, onPiece);
            }
        } catch (IOException | JacksonException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private ObjectNode body(LoadRequest request) {
        ObjectNode body = Json.object()
                .put("model", model)
                .put("max_tokens", request.maxTokens())
                .put("temperature", 0)
                .put("ignore_eos", true)
                .put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        String schema = request.schema();
        if (schema != null) {
            body.set("json_schema", Json.MAPPER.readTree(schema));
        }
        Boolean thinking = request.thinking();
        if (thinking == null) {
            return body.put("prompt", request.prompt());
        }
        body.putObject("chat_template_kwargs").put("enable_thinking", thinking);
        body.putArray("messages").addObject().put("role", "user").put("content", request.prompt());
        return body;
    }

    private static LoadReply read(Iterator<String> lines, long start, Runnable onPiece) {
        List<Long> arrivals = new ArrayList<>();
        JsonNode usage = Json.object();
        while (lines.hasNext()) {
            String line = lines.next();
            if (!line.startsWith(DATA) || line.contains("[DONE]")) {
                continue;
            }
            JsonNode chunk = Json.MAPPER.readTree(line.substring(DATA.length()));
            if (chunk.hasNonNull("usage")) {
                usage = chunk.get("usage");
            }
            JsonNode choice = chunk.path("choices").path(0);
            if (choice.isObject() && !choice.hasNonNull("finish_reason")) {
                arrivals.add(System.nanoTime());
                onPiece.run();
            }
        }
        long end = System.nanoTime();
        if (arrivals.isEmpty()) {
            arrivals.add(end);
        }
        return new LoadReply(
                usage.path("prompt_tokens").asInt(0),
                usage.path("prompt_tokens_details").path("cached_tokens").asInt(0),
                usage.path("completion_tokens").asInt(arrivals.size()),
                start,
                arrivals,
                end);
    }

    private void checkStatus(int status, String body) {
        if (status != 200) {
            throw new CommandFailure(
                    "server",
                    base + " answered with status " + status + ": "
                            + body.substring(0, Math.min(body.length(), SHOWN_ERROR_CHARS)));
        }
    }

    private CommandFailure unreachable(Exception cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new CommandFailure(
                "server", base + " cannot be used: " + reason + "; is an OpenAI server running there?");
    }

    private static CommandFailure interrupted() {
        Thread.currentThread().interrupt();
        return new CommandFailure("interrupted", "interrupted while waiting for the server");
    }

    @Override
    public OptionalDouble averageBatch() {
        return OptionalDouble.empty();
    }

    @Override
    public OptionalDouble decodeSpeed(int sequences) {
        return OptionalDouble.empty();
    }

    @Override
    public void close() {
        client.close();
    }
}
