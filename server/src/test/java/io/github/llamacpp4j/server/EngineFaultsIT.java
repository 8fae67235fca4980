package io.github.llamacpp4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.ContextDecoder;
import io.github.llamacpp4j.engine.Decoder;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelOptions;
import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What clients see of an engine that fails or hangs. */
class EngineFaultsIT {

    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETION = "/v1/completions";
    private static final String MEMBERS =
            "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"prompt\":\"Hi\",\"ignore_eos\":true,\"max_tokens\":";

    private static final int STEPS_WITHOUT_FAULT = 100;

    private final AtomicReference<Runnable> trap = new AtomicReference<>(EngineFaultsIT::pass);
    private Server server;
    private Engine engine;
    private Llama llama;

    @BeforeEach
    void start() {
        Model model = Model.load(TestModels.tinychat(), ModelOptions.defaults());
        ContextOptions context = ContextOptions.builder()
                .contextSize(2048)
                .threads(1)
                .batchThreads(1)
                .build();
        EngineOptions options =
                EngineOptions.builder().deliveryInterval(Duration.ofMinutes(1)).build();
        engine = Engine.start(
                () -> trapped(ContextDecoder.open(model, context, options)), new ModelVocabulary(model), options);
        llama = Llama.of(model, engine, LlamaOptions.defaults());
        server = Server.start(ServerOptions.builder().port(0).build());
        server.serve("tinychat", llama);
    }

    /** A decoder that runs into the trap at the beginning of each step: what that throws or waits for befalls the engine's thread. */
    private Decoder trapped(Decoder decoder) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("decode")) {
                trap.get().run();
            }
            try {
                return method.invoke(decoder, arguments);
            } catch (InvocationTargetException e) {
                throw requireNonNull(e.getCause());
            }
        };
        return (Decoder)
                Proxy.newProxyInstance(Decoder.class.getClassLoader(), new Class<?>[] {Decoder.class}, handler);
    }

    @AfterEach
    void stop() {
        trap.set(EngineFaultsIT::pass);
        server.close();
        llama.close();
    }

    private static void pass() {}

    private static String request(String path, int tokens, boolean stream) {
        return RawClient.post(path, "{" + MEMBERS + tokens + ",\"stream\":" + stream + "}");
    }

    private Answer ask(String path) throws IOException {
        return RawClient.ask(server, RawClient.get(path));
    }

    private static String next(RawClient client) throws IOException {
        return new String(client.chunk(), UTF_8);
    }

    /** Reads a stream in the middle of which the engine's thread runs into {@code fault}, text and then the rest: what came last. */
    private String lastOf(RawClient client, String path, Runnable fault) throws IOException {
        AtomicInteger steps = new AtomicInteger();
        trap.set(() -> {
            if (steps.incrementAndGet() > STEPS_WITHOUT_FAULT) {
                fault.run();
            }
        });
        assertThat(client.send(request(path, 1000, true)).begin().status()).isEqualTo(200);
        for (String chunk = next(client); !chunk.contains("\"text\"") && !chunk.contains("\"content\":\""); ) {
            assertThat(chunk).as("no text before the fault").isNotEmpty();
            chunk = next(client);
        }
        String last = "";
        for (String chunk = next(client); !chunk.isEmpty(); chunk = next(client)) {
            last = chunk;
        }
        return last;
    }

    @ParameterizedTest
    @ValueSource(strings = {CHAT, COMPLETION})
    void anEngineThatDiesInMidStreamIsAnEventAndTheEndUntilItIsStartedAgain(String path) throws Exception {
        String gone = "\"type\":\"service_unavailable\",\"param\":null,\"code\":\"engine_failed\"}}\n\n";
        try (CapturedLog log = new CapturedLog();
                RawClient client = new RawClient(server)) {
            assertThat(lastOf(client, path, () -> {
                        throw new AssertionError("the decoder broke");
                    }))
                    .startsWith("data: {\"error\":{\"message\":\"the engine has failed")
                    .endsWith(gone)
                    .doesNotContain("[DONE]");
            assertThat(log.records())
                    .anyMatch(line -> line.contains("the engine stopped because of a fault")
                            && line.contains("AssertionError: the decoder broke"));
            assertThat(client.send(request(path, 2, false)).answer().errorCode())
                    .as("the connection is still good")
                    .isEqualTo("engine_failed");
            Answer refused = client.send(request(path, 2, true)).answer();
            assertThat(refused.body()).contains("engine_failed").doesNotContain("[DONE]");
        }
        for (String question : List.of("/health", "/ready")) {
            assertThat(ask(question).status()).isEqualTo(503);
            assertThat(ask(question).errorCode()).isEqualTo("engine_failed");
        }

        trap.set(EngineFaultsIT::pass);
        engine.restart();
        assertThat(ask("/health").status()).isEqualTo(200);
        assertThat(RawClient.ask(server, request(path, 2, false))
                        .json()
                        .at("/usage/completion_tokens")
                        .asInt())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {CHAT, COMPLETION})
    void whatWasWrittenBeforeAFaultIsSentBeforeIt(String path) throws Exception {
        String greedy = "{\"temperature\":0,\"stream\":true," + MEMBERS;
        AtomicInteger steps = new AtomicInteger();
        trap.set(() -> {
            if (steps.incrementAndGet() > STEPS_WITHOUT_FAULT) {
                throw new IllegalStateException("no memory");
            }
        });
        Answer broken = RawClient.ask(server, RawClient.post(path, greedy + "1000}"));
        assertThat(broken.body()).contains("internal_error");
        trap.set(EngineFaultsIT::pass);
        Answer whole = RawClient.ask(server, RawClient.post(path, greedy + STEPS_WITHOUT_FAULT + "}"));
        assertThat(text(broken)).isNotEmpty().isEqualTo(text(whole));
    }

    private static String text(Answer stream) {
        StringBuilder text = new StringBuilder();
        stream.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)).at("/choices/0"))
                .forEach(choice -> text.append(choice.at("/delta/content").asString(""))
                        .append(choice.at("/text").asString("")));
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {CHAT, COMPLETION})
    void aStepThatFailsEndsItsStreamAndNoOther(String path) throws Exception {
        try (CapturedLog log = new CapturedLog();
                RawClient client = new RawClient(server)) {
            assertThat(lastOf(client, path, () -> {
                        throw new IllegalStateException("no memory");
                    }))
                    .startsWith("data: {\"error\":{\"message\":\"something went wrong in the server")
                    .contains("\"type\":\"server_error\"", "\"code\":\"internal_error\"")
                    .doesNotContain("[DONE]", "no memory");
            assertThat(log.records()).anyMatch(line -> line.contains("DecodeFailedException"));
            trap.set(EngineFaultsIT::pass);
            assertThat(client.send(request(path, 2, false)).answer().status()).isEqualTo(200);
        }
        assertThat(ask("/health").status()).isEqualTo(200);
    }

    @Test
    void whatTellsOfTheServerNeverWaitsForTheEngine() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RawClient client = new RawClient(server)) {
            trap.set(() -> {
                blocked.countDown();
                Await.latch(goOn);
            });
            client.send(request(CHAT, 3, false));
            Await.latch(blocked);
            for (String path : List.of("/health", "/ready", "/props", "/slots", "/metrics", "/v1/models")) {
                for (int i = 0; i < 10; i++) {
                    assertThat(ask(path).status()).as(path).isEqualTo(200);
                }
            }
            assertThat(goOn.getCount()).as("the step is still under way").isEqualTo(1);
            goOn.countDown();
            assertThat(client.answer().status()).isEqualTo(200);
        } finally {
            goOn.countDown();
        }
    }
}
