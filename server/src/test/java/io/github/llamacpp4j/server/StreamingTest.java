package io.github.llamacpp4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.server.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StreamingTest {

    private static final String REQUEST = RawClient.post(TestRoutes.PATH, "{}");

    private static Server server(Consumer<Exchange> handler) {
        return TestRoutes.server(
                TestRoutes.options()
                        .heartbeat(Duration.ofMinutes(5))
                        .writeTimeout(Duration.ofSeconds(2))
                        .build(),
                handler);
    }

    private static ObjectNode event(int number) {
        return Json.object().put("n", number);
    }

    @Test
    void eventsGoOutOneByOneOrInBatches() throws IOException {
        try (Server server = server(exchange -> {
                    exchange.warn("unknown field \u00e4");
                    try (EventSink events = exchange.events()) {
                        events.send(event(1));
                        JsonBuffer second = new JsonBuffer();
                        second.writeBytes(Json.write(event(2)));
                        events.add(second);
                        events.send(event(3));
                        events.done();
                    }
                });
                RawClient client = new RawClient(server)) {
            for (int round = 0; round < 3; round++) {
                Answer answer = client.send(REQUEST).begin();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
                assertThat(answer.header("warnings")).isEqualTo("unknown field ?");
                assertThat(new String(client.chunk(), UTF_8)).isEqualTo("data: {\"n\":1}\n\n");
                assertThat(new String(client.chunk(), UTF_8)).isEqualTo("data: {\"n\":2}\n\ndata: {\"n\":3}\n\n");
                assertThat(new String(client.chunk(), UTF_8)).isEqualTo("data: [DONE]\n\n");
                assertThat(client.chunk()).isEmpty();
            }
        }
    }

    @Test
    void theFirstEventDoesNotWaitForTheSecond() throws Exception {
        Semaphore goOn = new Semaphore(0);
        try (Server server = server(exchange -> {
                    try (EventSink events = exchange.events()) {
                        events.send(event(1));
                        goOn.acquireUninterruptibly();
                        events.done();
                    }
                });
                RawClient client = new RawClient(server)) {
            client.send(REQUEST).begin();
            assertThat(new String(client.chunk(), UTF_8)).isEqualTo("data: {\"n\":1}\n\n");
            goOn.release();
            assertThat(new String(client.chunk(), UTF_8)).isEqualTo("data: [DONE]\n\n");
        }
    }

    @Test
    void aStreamThatWaitsSendsComments() throws Exception {
        Semaphore goOn = new Semaphore(0);
        ServerOptions options =
                TestRoutes.options().heartbeat(Duration.ofMillis(300)).build();
        try (Server server = TestRoutes.server(options, exchange -> {
                    EventSink events = exchange.events();
                    goOn.acquireUninterruptibly();
                    events.send(event(1));
                });
                RawClient client = new RawClient(server)) {
            client.send(REQUEST).begin();
            assertThat(new String(client.chunk(), UTF_8)).isEqualTo(": waiting\n\n");
            assertThat(new String(client.chunk(), UTF_8)).isEqualTo(": waiting\n\n");
            goOn.release();
            String next = new String(client.chunk(), UTF_8);
            while (next.startsWith(":")) {
                next = new String(client.chunk(), UTF_8);
            }
            assertThat(next).isEqualTo("data: {\"n\":1}\n\n");
            assertThat(client.chunk()).isEmpty();
        }
    }

    @Test
    void anErrorInMidStreamIsAnEventAndTheEnd() throws IOException {
        try (Server server = server(exchange -> {
                    exchange.events().send(event(1));
                    throw new ApiException(504, "timeout_error", "deadline_exceeded", null, "too late");
                });
                RawClient client = new RawClient(server)) {
            client.send(REQUEST).begin();
            assertThat(new String(client.chunk(), UTF_8)).contains("\"n\":1");
            assertThat(new String(client.chunk(), UTF_8))
                    .isEqualTo("data: {\"error\":{\"message\":\"too late\",\"type\":\"timeout_error\",\"param\":null,"
                            + "\"code\":\"deadline_exceeded\"}}\n\n");
            assertThat(client.chunk()).isEmpty();
            client.send(REQUEST).begin();
        }
    }

    @Test
    void anUnknownFailureTellsNothingOfThePrompt() throws IOException {
        try (Server server = server(exchange -> {
            throw new IllegalStateException("secret prompt");
        })) {
            Answer answer = RawClient.ask(server, REQUEST);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("secret");
        }
    }

    @Test
    void anErrorOfTheMachineIsNoFaultOfTheClientAndIsLoggedWithoutItsWords() throws IOException {
        try (CapturedLog log = new CapturedLog();
                Server server = server(exchange -> {
                    throw new OutOfMemoryError("secret prompt");
                })) {
            Answer answer = RawClient.ask(server, REQUEST);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("secret");
            assertThat(log.records()).anyMatch(record -> record.contains("OutOfMemoryError"));
            assertThat(log.records()).noneMatch(record -> record.contains("secret"));
        }
    }

    @Test
    void aClientThatLeavesWhileItsRequestWaitsIsNoticed() throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            CountDownLatch left = new CountDownLatch(1);
            CountDownLatch inWork = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);
            try (Server server = server(exchange -> {
                if (stream) {
                    exchange.events();
                }
                exchange.onClientGone(left::countDown);
                inWork.countDown();
                Await.latch(left);
                ended.countDown();
            })) {
                RawClient client = new RawClient(server).send(REQUEST);
                Await.latch(inWork);
                assertThat(left.getCount()).isEqualTo(1);
                client.close();
                Await.latch(left);
                Await.latch(ended);
            }
        }
    }

    @Test
    void aClientThatHasLeftIsNoticedAtTheNextEvent() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean left = new AtomicBoolean();
        AtomicInteger sent = new AtomicInteger();
        try (Server server = server(exchange -> {
            try (EventSink events = exchange.events()) {
                while (!left.get() || sent.incrementAndGet() < 100_000) {
                    events.send(event(1));
                }
            } catch (ClientGoneException gone) {
                ended.countDown();
                throw gone;
            }
        })) {
            RawClient client = new RawClient(server).send(REQUEST);
            client.begin();
            client.chunk();
            client.close();
            left.set(true);
            Await.latch(ended);
            assertThat(sent.get()).isLessThan(100_000);
        }
    }

    @Test
    void aClientThatTakesNothingIsDroppedAndHoldsUpNobody() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        byte[] filler = new byte[1 << 16];
        ObjectNode large = Json.object().put("filler", new String(filler, UTF_8));
        try (Server server = server(exchange -> {
            if (exchange.body().has("quick")) {
                exchange.json(200, exchange.body());
                return;
            }
            try (EventSink events = exchange.events()) {
                for (int i = 0; i < 10_000; i++) {
                    events.send(large);
                }
            } catch (ClientGoneException gone) {
                ended.countDown();
                throw gone;
            }
        })) {
            try (RawClient slow = new RawClient(server)) {
                long begin = System.nanoTime();
                slow.send(REQUEST);
                for (int i = 0; i < 20; i++) {
                    assertThat(RawClient.ask(server, RawClient.post("/test", "{\"quick\":true}"))
                                    .status())
                            .isEqualTo(200);
                }
                Await.latch(ended);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void drainingAnswersWhatIsInWorkAndRefusesTheRest() throws Exception {
        Semaphore goOn = new Semaphore(0);
        CountDownLatch inWork = new CountDownLatch(1);
        try (Server server = server(exchange -> {
                    inWork.countDown();
                    goOn.acquireUninterruptibly();
                    exchange.json(200, exchange.body());
                });
                RawClient client = new RawClient(server);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            client.send(REQUEST);
            Await.latch(inWork);
            assertThat(server.drain(Duration.ofMillis(50))).isFalse();
            Answer refused = RawClient.ask(server, REQUEST);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.errorCode()).isEqualTo("draining");
            assertThat(refused.header("retry-after")).isNotEmpty();
            assertThat(RawClient.ask(server, RawClient.get("/ready")).errorCode())
                    .isEqualTo("draining");
            Future<Boolean> drained = threads.submit(() -> server.drain(Duration.ofMinutes(1)));
            goOn.release();
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(drained.get(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void whatAClientSendsEarlyIsAnsweredNext() throws Exception {
        Semaphore goOn = new Semaphore(0);
        CountDownLatch watched = new CountDownLatch(1);
        try (Server server = server(exchange -> {
                    if (exchange.body().has("wait")) {
                        exchange.onClientGone(() -> {});
                        watched.countDown();
                        goOn.acquireUninterruptibly();
                    }
                    exchange.json(200, exchange.body());
                });
                RawClient client = new RawClient(server)) {
            for (int round = 0; round < 3; round++) {
                client.send(RawClient.post("/test", "{\"wait\":1}"));
                Await.latch(watched);
                client.send(RawClient.post("/test", "{\"n\":2}"));
                Thread.sleep(50);
                client.send(RawClient.post("/test", "{\"n\":3}"));
                goOn.release();
                assertThat(client.answer().body()).isEqualTo("{\"wait\":1}");
                assertThat(client.answer().body()).isEqualTo("{\"n\":2}");
                assertThat(client.answer().body()).isEqualTo("{\"n\":3}");
            }
        }
    }
}
