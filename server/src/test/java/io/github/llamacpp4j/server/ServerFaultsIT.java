package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that behave badly towards a server with a real model. {@code -Dllamacpp4j.disconnects=1000} asks for more of them. */
class ServerFaultsIT {

    private static final int DISCONNECTS = Integer.getInteger("llamacpp4j.disconnects", 200);
    private static final int CLIENTS = 12;
    private static final String CHAT = "/v1/chat/completions";

    private static Llama llama;
    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.start(TestRoutes.options().build());
        llama = Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.threads(1).batchThreads(1))
                        .engine(engine ->
                                engine.parallelSequences(3).queueCapacity(64).listener(server.engineListener()))
                        .build());
        server.serve("tinychat", llama);
    }

    @AfterAll
    static void stop() {
        server.close();
        llama.close();
    }

    private static String question(String text, int maxTokens, boolean stream) {
        return RawClient.post(
                CHAT,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}],\"temperature\":0,\"max_tokens\":"
                        + maxTokens + ",\"ignore_eos\":" + (maxTokens > 64) + ",\"stream\":" + stream + "}");
    }

    private static String capital() throws IOException {
        Answer answer = RawClient.ask(server, question("What is the capital of France?", 32, false));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().at("/choices/0/message/content").asString();
    }

    @Test
    void clientsThatLeaveAtAnyMomentLeaveNothingBehind() throws Exception {
        String expected = capital();
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> witness = threads.submit(() -> {
                int answers = 0;
                for (; !done.get(); answers++) {
                    assertThat(capital()).isEqualTo(expected);
                }
                return answers;
            });
            List<Future<?>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                Random random = new Random(client);
                clients.add(threads.submit(() -> {
                    for (int i = 0; i < DISCONNECTS / CLIENTS; i++) {
                        leave(random);
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            done.set(true);
            assertThat(witness.get()).isPositive();
        }
        theEngineComesToRest();
        assertThat(capital()).isEqualTo(expected);
    }

    private static void leave(Random random) throws Exception {
        String text = "word ".repeat(random.nextInt(200)) + random.nextInt();
        try (RawClient client = new RawClient(server)) {
            client.send(question(text, 500, random.nextBoolean()));
            switch (random.nextInt(5)) {
                case 0 -> client.socket().setSoLinger(true, 0);
                case 1 -> client.socket().shutdownOutput();
                case 2 -> Thread.sleep(random.nextInt(200));
                case 3 -> {
                    if (client.begin().header("transfer-encoding").equals("chunked")) {
                        client.chunk();
                    }
                }
                default -> client.send("GET /he");
            }
        } catch (EOFException | SocketException closed) {
            // what it gets for shutting down its side
        }
    }

    @Test
    void aClientThatShutsItsSideDoesNotKeepItsSlot() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawClient client = new RawClient(server);
            client.send(question("Tell me everything " + i, 1500, i % 2 == 0));
            clients.add(client);
        }
        for (RawClient client : clients) {
            client.socket().shutdownOutput();
        }
        theEngineComesToRest();
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void aGigabyteIsRefusedWhileOthersAreServed() throws Exception {
        byte[] megabyte = new byte[1 << 20];
        try (RawClient client = new RawClient(server)) {
            client.send("POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                    + (1L << 30) + "\r\n\r\n");
            try {
                for (int i = 0; i < 1024; i++) {
                    client.send(megabyte);
                }
            } catch (SocketException enough) {
                // the server has waited long enough for the end of it
            }
            assertThat(capital()).isNotEmpty();
            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    private static void theEngineComesToRest() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        EngineStats stats = llama.engine().stats();
        while ((stats.activeSequences() > 0 || stats.queueLength() > 0) && System.nanoTime() < deadline) {
            Thread.sleep(20);
            stats = llama.engine().stats();
        }
        assertThat(stats.activeSequences()).isZero();
        assertThat(stats.queueLength()).isZero();
    }
}
