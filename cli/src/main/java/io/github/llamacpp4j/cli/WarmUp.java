package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.engine.embedding.ModelKind;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.LlamaException;
import io.github.llamacpp4j.server.Server;
import io.github.llamacpp4j.server.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Made-up requests before the first real one, which would else wait until the model is read from the disk and run code that is not
 * compiled yet. They go to a server of their own, with a small engine of its own on the same model, so that metrics, slots and caches
 * show nothing of them. What they are answered does not matter: a model without a chat template is warmed by the others.
 */
final class WarmUp {

    private static final int CONTEXT_SIZE = 512;
    private static final int PARALLEL_SEQUENCES = 2;
    private static final int TURNS = 5;
    private static final int PROMPTS_PER_ANSWER = 4;
    private static final int ANSWER_TOKENS = 2;

    /** The HTTP client counts its timeouts in milliseconds. */
    private static final long CLIENT_IS_EARLY_NANOS = 5_000_000;

    private final HttpClient client;
    private final URI server;
    private final String key;
    private final long end;

    private WarmUp(HttpClient client, URI server, String key, long end) {
        this.client = client;
        this.server = server;
        this.key = key;
        this.end = end;
    }

    /** Sends requests for {@code limit}, or a step of the model longer. That it cannot be done is told and no failure. */
    static void run(Llama llama, LlamaOptions loading, Duration limit, Terminal terminal) throws InterruptedException {
        try {
            if (llama.generates()) {
                try (Engine engine = smallEngine(llama, loading)) {
                    // Not closed: that would close the model.
                    send(Llama.of(llama.model(), engine, loading), limit);
                }
            } else {
                send(llama, limit);
            }
        } catch (LlamaException | IllegalArgumentException | IOException | UncheckedIOException e) {
            String reason = Main.reason(e).lines().findFirst().orElse("");
            terminal.err().println("not warmed up, the first requests will take longer: " + reason);
        }
    }

    /** Nothing of it is larger than of the real one, which the model and this machine are known to bear. */
    private static Engine smallEngine(Llama llama, LlamaOptions loading) {
        int cells = Math.min(CONTEXT_SIZE, llama.engine().limits().cells());
        EngineOptions real = llama.engine().options();
        ContextOptions context =
                loading.context().toBuilder().contextSize(cells).build();
        EngineOptions sharing = EngineOptions.builder()
                .parallelSequences(Math.min(PARALLEL_SEQUENCES, real.parallelSequences()))
                .retainedSequences(real.retainedSequences())
                .build();
        return Engine.start(llama.model(), context, sharing);
    }

    private static void send(Llama llama, Duration limit) throws IOException, InterruptedException {
        String key = UUID.randomUUID().toString();
        ServerOptions options = ServerOptions.builder()
                .port(0)
                .apiKeys(List.of(key))
                .deadline(limit)
                .build();
        try (Server server = Server.start(options);
                HttpClient client = HttpClient.newHttpClient()) {
            server.serve("warm-up", llama);
            new WarmUp(client, server.address(), key, System.nanoTime() + limit.toNanos())
                    .send(ModelKind.of(llama.model().info()));
        }
    }

    private void send(ModelKind kind) throws IOException, InterruptedException {
        try {
            for (int round = 0; System.nanoTime() < end; round++) {
                switch (kind) {
                    case EMBEDDING -> post("/v1/embeddings", Json.object().put("input", "Hello there"));
                    case RERANKER -> rank();
                    case GENERATIVE, ENCODER_DECODER -> ask(round);
                }
            }
        } catch (HttpTimeoutException late) {
            // the limit is reached in the middle of a request
        } catch (IOException e) {
            // So it may be here: now and then the client tells not its timeout but the end of the connection that it
            // closes for it.
            if (end - System.nanoTime() > CLIENT_IS_EARLY_NANOS) {
                throw e;
            }
        }
    }

    private void rank() throws IOException, InterruptedException {
        ObjectNode body = Json.object().put("query", "Hello");
        body.putArray("documents").add("Hello there").add("Good morning");
        post("/v1/rerank", body);
    }

    private void ask(int round) throws IOException, InterruptedException {
        ObjectNode conversation = conversation(round, "Who are you?");
        for (int i = 0; i < PROMPTS_PER_ANSWER; i++) {
            post("/apply-template", conversation);
        }
        post("/tokenize", Json.object().put("content", "Hello there"));
        answer("/v1/chat/completions", conversation.put("stream", true));
        answer("/v1/chat/completions", conversation(round, "What can you do?").put("temperature", 0));
        answer("/v1/completions", Json.object().put("prompt", "Once upon a time"));
    }

    /** Some with a system prompt, which not every template takes, and some with earlier turns; two questions of a round share all that. */
    private static ObjectNode conversation(int round, String question) {
        ObjectNode body = Json.object();
        ArrayNode messages = body.putArray("messages");
        if (round % 2 == 0) {
            say(messages, "system", "Answer in one sentence.");
        }
        for (int i = 0; i < round % TURNS; i++) {
            say(messages, "user", "Hi");
            say(messages, "assistant", "Hello");
        }
        say(messages, "user", question);
        return body;
    }

    private static void say(ArrayNode messages, String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }

    private void answer(String path, ObjectNode body) throws IOException, InterruptedException {
        post(path, body.put("max_tokens", ANSWER_TOKENS));
    }

    private void post(String path, ObjectNode body) throws IOException, InterruptedException {
        client.send(
                JsonPost.to(server.resolve(path), body)
                        .header("Authorization", "Bearer " + key)
                        .timeout(Duration.ofNanos(Math.max(1, end - System.nanoTime())))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
    }
}
