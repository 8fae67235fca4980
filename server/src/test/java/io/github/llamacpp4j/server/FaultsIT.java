package io.github.llamacpp4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.server.RawClient.Answer;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Requests that nobody should send, to a server with a real model, while a well-behaved client goes on getting its answers.
 * {@code -Dllamacpp4j.faults=100} asks for more rounds than the few by default.
 */
class FaultsIT {

    private static final int ROUNDS = Integer.getInteger("llamacpp4j.faults", 3);
    private static final int HALF_OPEN = 300;
    private static final long HEAP_GROWTH = 16 << 20;
    private static final long RESIDENT_GROWTH = 128 << 20;
    private static final String KEY = "right-key";
    private static final String CHAT = "/v1/chat/completions";

    private static final Brake BRAKE = new Brake();

    private static Llama llama;
    private static Server server;
    private static Witness witness;

    /** Something that a client does to a server, and what status it gets; 0 if the server may hang up instead. */
    private record Fault(String name, int status, ByteBuffer request) {

        static Fault of(String name, int status, String request) {
            return new Fault(name, status, ByteBuffer.wrap(request.getBytes(UTF_8)));
        }
    }

    @BeforeAll
    static void start() {
        server = Server.start(TestRoutes.options()
                .apiKeys(List.of(KEY))
                .requestTimeout(Duration.ofSeconds(5))
                .build());
        llama = Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.threads(1).batchThreads(1))
                        .engine(engine -> {
                            server.engineListeners().forEach(engine::addListener);
                            engine.addListener(BRAKE);
                        })
                        .build());
        server.serve("tinychat", llama);
        witness = new Witness(server, "Authorization: Bearer " + KEY);
    }

    @AfterAll
    static void stop() {
        server.close();
        llama.close();
    }

    private static String post(String path, String body) {
        return RawClient.post(path, body, "Authorization: Bearer " + KEY);
    }

    private static List<Fault> faults(Random random) {
        String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
        List<Fault> faults = new ArrayList<>();
        faults.add(Fault.of("deep arrays", 400, post(CHAT, "{\"messages\":" + "[".repeat(100_000) + "}")));
        faults.add(Fault.of("deep objects", 400, post(CHAT, "{\"a\":".repeat(100_000))));
        faults.add(Fault.of("a name twice", 400, post(CHAT, "{" + messages + "," + messages + "}")));
        faults.add(Fault.of(
                "a name twice inside", 400, post(CHAT, "{\"messages\":[{\"role\":\"user\",\"role\":\"x\"}]}")));
        faults.add(Fault.of("no JSON", 400, post(CHAT, "{" + messages + ",")));
        faults.add(Fault.of(
                "half a surrogate", 200, post(CHAT, "{" + messages.replace("x", "\\ud800") + ",\"max_tokens\":1}")));
        faults.add(Fault.of(
                "a null character", 200, post(CHAT, "{" + messages.replace("x", "\\u0000") + ",\"max_tokens\":1}")));
        faults.add(
                Fault.of("a number beyond measure", 400, post(CHAT, "{" + messages + ",\"temperature\":1e999999999}")));
        faults.add(Fault.of("no method", 405, post(CHAT, "{}").replaceFirst("POST", "PUT")));
        faults.add(Fault.of(
                "multipart", 415, RawClient.postAs("multipart/form-data", CHAT, "x", "Authorization: Bearer " + KEY)));
        StringBuilder headers = new StringBuilder("GET /health HTTP/1.1\r\nHost: a\r\n");
        for (int i = 0; i < 10_000; i++) {
            headers.append("X-").append(i).append(": y\r\n");
        }
        faults.add(Fault.of("10,000 headers", 431, headers.append("\r\n").toString()));
        faults.add(Fault.of("a long address", 0, "GET /" + "a".repeat(1 << 20) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        faults.add(Fault.of(
                "a schema too long",
                400,
                post(CHAT, "{" + messages + ",\"json_schema\":{\"description\":\"" + "a".repeat(300_000) + "\"}}")));
        faults.add(
                Fault.of("a grammar without end", 400, post(CHAT, "{" + messages + ",\"grammar\":\"root ::= root\"}")));
        faults.add(Fault.of(
                "a schema that explodes",
                0,
                post(
                        CHAT,
                        "{" + messages
                                + ",\"max_tokens\":1,\"json_schema\":{\"type\":\"array\",\"minItems\":999999999}}")));
        faults.add(Fault.of(
                "a prompt too long",
                400,
                post(CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(100_000) + "\"}]}")));
        faults.add(Fault.of(
                "many messages",
                400,
                post(
                        CHAT,
                        "{\"messages\":[" + "{\"role\":\"user\",\"content\":\"x\"},".repeat(5000)
                                + "{\"role\":\"user\",\"content\":\"x\"}]}")));
        for (int i = 0; i < 20; i++) {
            String guess = Long.toString(random.nextLong() & Long.MAX_VALUE, 36);
            faults.add(Fault.of(
                    "a guessed key",
                    401,
                    RawClient.post(CHAT, "{" + messages + "}", "Authorization: Bearer " + guess)));
        }
        byte[] noise = new byte[5000];
        random.nextBytes(noise);
        faults.add(new Fault("noise", 0, ByteBuffer.wrap(noise)));
        for (int bad : new int[] {0xff, 0xc3, 0xed}) {
            byte[] request = post(CHAT, "{" + messages.replace("x", "?") + "}").getBytes(UTF_8);
            request[new String(request, UTF_8).lastIndexOf('?')] = (byte) bad;
            faults.add(new Fault("no UTF-8", 400, ByteBuffer.wrap(request)));
        }
        return faults;
    }

    @Test
    void badRequestsHarmNobody() throws Exception {
        witness.during(() -> {
            rounds(0);
            MemoryUse memory = MemoryUse.now();
            rounds(ROUNDS);
            memory.requireGrowthBelow(HEAP_GROWTH, RESIDENT_GROWTH);
        });
    }

    private static void rounds(int first) throws IOException {
        for (int i = first; i < first + ROUNDS; i++) {
            round(new Random(i));
        }
    }

    private static void round(Random random) throws IOException {
        for (Fault fault : faults(random)) {
            try (RawClient client = new RawClient(server)) {
                client.send(fault.request().array());
                if (fault.status() == 0) {
                    client.socket().shutdownOutput();
                }
                Answer answer = client.answer();
                assertThat(answer.status()).as(fault.name()).isLessThan(500);
                if (fault.status() > 0) {
                    assertThat(answer.status()).as(fault.name()).isEqualTo(fault.status());
                }
                if (answer.status() != 200) {
                    assertThat(answer.json().at("/error/message").asString())
                            .as(fault.name())
                            .isNotEmpty()
                            .doesNotContain(KEY);
                }
            } catch (IOException hungUp) {
                assertThat(fault.status()).as(fault.name() + ": " + hungUp).isZero();
            }
        }
    }

    @Test
    void aGigabyteIsRefusedWhileOthersAreServed() throws Exception {
        byte[] megabyte = new byte[1 << 20];
        for (String length : List.of("Content-Length: " + (1L << 30), "Transfer-Encoding: chunked")) {
            try (RawClient client = new RawClient(server)) {
                client.send("POST " + CHAT + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + KEY + "\r\n" + length
                        + "\r\n\r\n");
                try {
                    for (int i = 0; i < 1024; i++) {
                        if (length.startsWith("T")) {
                            client.send("100000\r\n").send(megabyte).send("\r\n");
                        } else {
                            client.send(megabyte);
                        }
                    }
                } catch (SocketException enough) {
                    // the server has waited long enough for the end of it
                }
                assertThat(witness.answer()).isNotEmpty();
                assertThat(client.answer().status()).isEqualTo(413);
            }
        }
    }

    @Test
    void halfARequestHoldsNothingButItsConnection() throws Exception {
        String expected = witness.answer();
        String whole = post(CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < HALF_OPEN; i++) {
            clients.add(new RawClient(server).send(whole.substring(0, i % whole.length())));
        }
        assertThat(witness.answer()).isEqualTo(expected);
        Await.until(() -> connections() >= HALF_OPEN);
        for (RawClient client : clients) {
            assertThat(client.isClosed()).isTrue();
            client.close();
        }
        Await.until(() -> connections() <= 1);
        assertThat(witness.answer()).isEqualTo(expected);
    }

    @Test
    void slotsTellWhatIsInWorkAndNothingOfWhatIsSaid() throws Exception {
        Await.until(() -> slots().valueStream()
                .noneMatch(slot -> slot.get("is_processing").asBoolean()));
        JsonNode idle = slots();
        assertThat(idle)
                .hasSize(4)
                .allSatisfy(slot ->
                        assertThat(slot.get("is_processing").asBoolean()).isFalse());
        AtomicInteger tokens = new AtomicInteger();
        BRAKE.holdAt(step -> tokens.addAndGet(step.decodeTokens()) > 5);
        try (RawClient client = new RawClient(server)) {
            client.send(post(
                    CHAT,
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Say secret42\"}],\"stream\":true,"
                            + "\"max_tokens\":1500,\"ignore_eos\":true}"));
            client.begin();
            BRAKE.awaitHeld();
            JsonNode slot = slots().get(0);
            assertThat(slot.get("is_processing").asBoolean()).isTrue();
            assertThat(slot.get("n_prompt_tokens").asInt()).isGreaterThan(5);
            assertThat(slot.at("/next_token/0/n_decoded").asInt()).isPositive();
            assertThat(slot.toString()).doesNotContain("secret42");
        } finally {
            BRAKE.release();
        }
        Await.until(() -> !slots().get(0).get("is_processing").asBoolean());
    }

    @Test
    void vectorsThatNobodyWaitsForAreNotComputed() throws Exception {
        String text = "\"" + "word ".repeat(200) + "\",";
        String request = post("/v1/embeddings", "{\"input\":[" + text.repeat(1999) + "\"end\"]}");
        for (int i = 0; i < 3; i++) {
            try (RawClient client = new RawClient(server)) {
                client.send(request);
                awaitActive(1);
            }
            long left = System.nanoTime();
            awaitActive(0);
            assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(witness.answer()).isNotEmpty();
    }

    private static void awaitActive(int requests) throws Exception {
        Await.until(() -> meter("llamacpp4j_server_requests_active") == requests);
    }

    private static JsonNode slots() throws IOException {
        return RawClient.ask(server, RawClient.get("/slots", "Authorization: Bearer " + KEY))
                .json();
    }

    private static double connections() throws IOException {
        return meter("llamacpp4j_server_connections");
    }

    private static double meter(String name) throws IOException {
        String metrics = RawClient.ask(
                        server, RawClient.get("/metrics", "Authorization: Bearer " + KEY, "Connection: close"))
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    /** That each value of the wrong type is an error that names its field, and no value of any type a fault of the server. */
    @Test
    void aWrongTypeInAnyFieldIsAnErrorThatNamesIt() throws Exception {
        for (String base : List.of(
                CHAT + " {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":1}",
                "/v1/completions {\"prompt\":\"x\",\"max_tokens\":1}",
                "/v1/embeddings {\"input\":\"x\"}",
                "/v1/rerank {\"query\":\"x\",\"documents\":[\"x\"]}",
                "/tokenize {\"content\":\"x\"}",
                "/detokenize {\"tokens\":[1]}",
                "/apply-template {\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")) {
            int blank = base.indexOf(' ');
            new TypeTrial(server, KEY, base.substring(0, blank), base.substring(blank + 1)).run();
        }
        assertThat(witness.answer()).isNotEmpty();
        JsonNode error = RawClient.ask(server, post(CHAT, "{\"messages\":{}}")).json();
        assertThat(error.at("/error/param").asString()).isEqualTo("messages");
    }
}
