package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.engine.embedding.ModelKind;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.LlamaException;
import io.github.llamacpp4j.server.Server;
import io.github.llamacpp4j.server.ServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Made-up requests before the first real one, which would else wait until the model is read from the disk and run code that is not
 * compiled yet. They go to a server of their own, with engines of their own, so that metrics, slots and caches show nothing of them.
 * The first few are answered by the model, all others by a {@link BlankDecoder}: what stands around the model must run thousands of
 * times to be compiled. What comes back does not matter: a model without a chat template is warmed by the other requests.
 */
final class WarmUp {

    private static final int CONTEXT_SIZE = 512;
    private static final int PARALLEL_SEQUENCES = 2;

    /** One part in so many of the time is the model's. */
    private static final int MODEL_SHARE = 8;

    private static final int TURNS = 5;
    private static final int TEXTS = 8;
    private static final int SINGLES_PER_BATCH = 7;

    /** Several are computed together, so that more are answered meanwhile. */
    private static final int EMBEDDING_CALLERS = 4;

    private static final int FEW_TOKENS = 2;
    private static final int MANY_TOKENS = 16;
    private static final int NANOS_PER_MILLISECOND = 1_000_000;

    private final URI server;
    private final String key;
    private final int answerTokens;
    private final long end;

    private WarmUp(URI server, String key, int answerTokens, long end) {
        this.server = server;
        this.key = key;
        this.answerTokens = answerTokens;
        this.end = end;
    }

    /** Sends requests for {@code limit}, or a step of the model longer. That it cannot be done is told and no failure. */
    static void run(Llama llama, LlamaOptions loading, Duration limit, Terminal terminal) throws InterruptedException {
        try {
            if (llama.generates()) {
                generate(llama, loading, limit);
            } else {
                send(llama, FEW_TOKENS, limit);
            }
        } catch (LlamaException | IllegalArgumentException | IOException | UncheckedIOException e) {
            String reason = Main.reason(e).lines().findFirst().orElse("");
            terminal.err().println("not warmed up, the first requests will take longer: " + reason);
        }
    }

    private static void generate(Llama llama, LlamaOptions loading, Duration limit)
            throws IOException, InterruptedException {
        ModelVocabulary vocabulary = new ModelVocabulary(llama.model());
        Duration ofModel = limit.dividedBy(MODEL_SHARE);
        try (Engine engine = Engine.start(llama.model(), vocabulary, context(llama, loading), sharing(llama))) {
            send(withEngine(llama, engine, loading), FEW_TOKENS, ofModel);
        }
        BlankDecoder blank = new BlankDecoder(llama.engine().limits());
        try (Engine engine = Engine.start(() -> blank, vocabulary, sharing(llama))) {
            send(withEngine(llama, engine, loading), MANY_TOKENS, limit.minus(ofModel));
        }
    }

    /** Not to be closed: that would close the model. */
    private static Llama withEngine(Llama llama, Engine engine, LlamaOptions loading) {
        return Llama.of(llama.model(), engine, loading);
    }

    /** Nothing of it is larger than of the real one, which the model and this machine are known to bear. */
    private static ContextOptions context(Llama llama, LlamaOptions loading) {
        int cells = Math.min(CONTEXT_SIZE, llama.engine().limits().cells());
        return loading.context().toBuilder().contextSize(cells).build();
    }

    private static EngineOptions sharing(Llama llama) {
        EngineOptions real = llama.engine().options();
        return EngineOptions.builder()
                .parallelSequences(Math.min(PARALLEL_SEQUENCES, real.parallelSequences()))
                .retainedSequences(real.retainedSequences())
                .build();
    }

    private static void send(Llama llama, int answerTokens, Duration limit) throws IOException, InterruptedException {
        String key = UUID.randomUUID().toString();
        ServerOptions options = ServerOptions.builder()
                .port(0)
                .apiKeys(List.of(key))
                .deadline(limit)
                .build();
        try (Server server = Server.start(options)) {
            server.serve("warm-up", llama);
            new WarmUp(server.address(), key, answerTokens, System.nanoTime() + limit.toNanos())
                    .send(ModelKind.of(llama.model().info()));
        }
    }

    private void send(ModelKind kind) throws IOException, InterruptedException {
        Callable<ModelKind> caller = () -> {
            call(kind);
            return kind;
        };
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            int callers = kind == ModelKind.EMBEDDING ? EMBEDDING_CALLERS : 1;
            for (Future<ModelKind> called : executor.invokeAll(Collections.nCopies(callers, caller))) {
                called.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e);
        }
    }

    private void call(ModelKind kind) throws IOException {
        try {
            for (int round = 0; System.nanoTime() < end; round++) {
                switch (kind) {
                    case EMBEDDING -> embed(round);
                    case RERANKER -> rank();
                    case GENERATIVE, ENCODER_DECODER -> ask(round);
                }
            }
        } catch (SocketTimeoutException late) {
            // the limit is reached in the middle of a request
        }
    }

    private void embed(int round) throws IOException {
        ObjectNode body = Json.object();
        if (round % (SINGLES_PER_BATCH + 1) == 0) {
            ArrayNode texts = body.putArray("input");
            for (int i = 0; i < TEXTS; i++) {
                texts.add("Hello there");
            }
        } else {
            body.put("input", "Hello there");
        }
        post("/v1/embeddings", body);
    }

    private void rank() throws IOException {
        ObjectNode body = Json.object().put("query", "Hello");
        body.putArray("documents").add("Hello there").add("Good morning");
        post("/v1/rerank", body);
    }

    private void ask(int round) throws IOException {
        post("/tokenize", Json.object().put("content", "Hello there"));
        answer("/v1/chat/completions", conversation(round, "Who are you?").put("stream", true));
        answer(
                "/v1/chat/completions",
                conversation(round, "What can you do?").put("stream", true).put("temperature", 0));
        answer("/v1/chat/completions", conversation(round, "Where are you?").put("temperature", 0));
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

    private void answer(String path, ObjectNode body) throws IOException {
        post(path, body.put("max_tokens", answerTokens));
    }

    /** Through a bare socket: an HTTP client would take the compiler more time than the server does. */
    private void post(String path, ObjectNode body) throws IOException {
        byte[] json = Json.line(body).getBytes(StandardCharsets.UTF_8);
        String head =
                "POST " + path + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\nAuthorization: Bearer " + key
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + json.length
                        + "\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket()) {
            int patience = (int) Math.max(1, (end - System.nanoTime()) / NANOS_PER_MILLISECOND);
            socket.setSoTimeout(patience);
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), patience);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(json);
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }
}
