package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.server.StepLog.Phase;
import io.github.llamacpp4j.server.StepLog.Release;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.EOFException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients that leave a server with a real model, at any moment. How soon their slots come back is counted in steps of the engine.
 * {@code -Dllamacpp4j.disconnects=1000} asks for more of them than are left in by default.
 */
class DisconnectsIT {

    private static final int DISCONNECTS = Integer.getInteger("llamacpp4j.disconnects", 200);
    private static final int CLIENTS = 12;
    private static final int SLOTS = 3;
    private static final long HEAP_GROWTH = 16 << 20;
    private static final long RESIDENT_GROWTH = 96 << 20;

    /** Full before the memory is weighed, so that what grows is no cache. */
    private static final long HOST_CACHE = 16 << 20;

    private static final StepLog STEPS = new StepLog();
    private static final Brake BRAKE = new Brake();
    private static final Slots IN_WORK = new Slots();
    private static final Map<String, Long> NOTICED = new ConcurrentHashMap<>();
    private static final AtomicInteger CALLERS = new AtomicInteger();
    private static Llama llama;
    private static Server server;

    @BeforeAll
    static void start() {
        llama = Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.threads(1).batchThreads(1))
                        .engine(engine -> engine.parallelSequences(SLOTS)
                                .queueCapacity(64)
                                .hostCacheBytes(HOST_CACHE)
                                .prefillTargetTime(Duration.ofMillis(5))
                                .soloPrefillTargetTime(Duration.ofMillis(5))
                                .addListener(STEPS)
                                .addListener(BRAKE)
                                .addListener(IN_WORK))
                        .build());
        ServedModel model = ServedModel.of("tinychat", llama, ServerOptions.defaults());
        Endpoint chat = new ChatEndpoint(model);
        server = TestRoutes.server(
                TestRoutes.options().build(),
                exchange -> handle(chat, new Named(exchange, "caller-" + CALLERS.incrementAndGet())));
        server.serve("tinychat", llama);
    }

    /** The server sees that a client has left by reading from it or, if that comes first, by writing to it. */
    private static void handle(Endpoint chat, Named exchange) {
        try {
            chat.handle(exchange);
        } catch (ClientGoneException gone) {
            NOTICED.putIfAbsent(exchange.caller(), STEPS.steps());
            throw gone;
        }
    }

    @AfterAll
    static void stop() {
        server.close();
        llama.close();
    }

    @BeforeEach
    void forget() throws Exception {
        BRAKE.release();
        comeToRest();
        STEPS.forget();
        NOTICED.clear();
    }

    /** An exchange whose caller is its own, and which notes the step at which the engine was told that the client has left. */
    private record Named(Exchange exchange, String caller) implements Exchange {

        @Override
        public ObjectNode body() {
            return exchange.body();
        }

        @Override
        public boolean strict() {
            return exchange.strict();
        }

        @Override
        public void warn(String text) {
            exchange.warn(text);
        }

        @Override
        public void json(int status, JsonNode body) {
            exchange.json(status, body);
        }

        @Override
        public EventSink events() {
            return exchange.events();
        }

        @Override
        public void onClientGone(Runnable action) {
            exchange.onClientGone(() -> {
                action.run();
                NOTICED.put(caller, STEPS.steps());
            });
        }
    }

    private static String question(String path, String text, int maxTokens, boolean stream) {
        return RawClient.post(
                path,
                "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}],\"temperature\":0,\"max_tokens\":"
                        + maxTokens + ",\"ignore_eos\":" + (maxTokens > 64) + ",\"stream\":" + stream + "}");
    }

    @Test
    void aSlotComesBackWithinOneStepInEachPhaseAndKindOfAnswer() throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            for (Phase phase : Phase.values()) {
                forget();
                String caller = leaveIn(phase, stream);
                assertThat(STEPS.releases().get(caller))
                        .as(phase + (stream ? " of a stream" : " of a whole answer"))
                        .extracting(Release::phase)
                        .isEqualTo(phase);
                assertThat(requireSoon()).isEqualTo(1);
                comeToRest();
            }
        }
    }

    /** The engine is held in the phase until it was told that the client has left. */
    private static String leaveIn(Phase phase, boolean stream) throws Exception {
        List<RawClient> others = phase == Phase.QUEUED ? takeAllSlots() : List.of();
        String text = phase == Phase.READING ? CALLERS.get() + " word".repeat(800) : "Tell me a story";
        String caller = "caller-" + (CALLERS.get() + 1);
        long begin = STEPS.steps();
        switch (phase) {
            case QUEUED -> {}
            case READING -> BRAKE.holdAt(step -> STEPS.isAdmitted(caller) && STEPS.isReading());
            case WRITING -> BRAKE.holdAt(step -> STEPS.isAdmitted(caller) && STEPS.steps() > begin + 20);
        }
        try (RawClient client = new RawClient(server)) {
            client.send(question(TestRoutes.PATH, text, 500, stream));
            Await.until(() -> STEPS.isQueued(caller));
            BRAKE.awaitHeld();
        }
        Await.until(() -> NOTICED.containsKey(caller));
        BRAKE.release();
        Await.until(() -> STEPS.releases().containsKey(caller));
        for (RawClient other : others) {
            assertThat(other.answer().status()).isEqualTo(200);
            other.close();
        }
        return caller;
    }

    /** Requests that have all slots when this returns, and keep them as long as the engine is held. */
    private static List<RawClient> takeAllSlots() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        BRAKE.holdAt(step -> true);
        for (int i = 0; i < SLOTS; i++) {
            clients.add(new RawClient(server).send(question("/v1/chat/completions", "Go on " + i, 400, false)));
        }
        Await.until(() -> STEPS.queued() == SLOTS);
        BRAKE.holdAt(step -> step.activeSequences() == SLOTS);
        BRAKE.awaitHeld();
        return clients;
    }

    /**
     * A slot was free when the step was over during which the engine was told; noting the step may come after that.
     *
     * @return how many slots were looked at
     */
    private static int requireSoon() {
        int seen = 0;
        for (Map.Entry<String, Release> release : STEPS.releases().entrySet()) {
            Long noticed = NOTICED.get(release.getKey());
            if (noticed != null) {
                assertThat(release.getValue().step() - noticed)
                        .as(release.toString())
                        .isLessThanOrEqualTo(1);
                seen++;
            }
        }
        return seen;
    }

    @Test
    void clientsThatLeaveAtAnyMomentLeaveNothingBehind() throws Exception {
        leaveOften(DISCONNECTS / 5);
        MemoryUse memory = MemoryUse.now();
        STEPS.forget();
        NOTICED.clear();
        leaveOften(DISCONNECTS);
        for (int more = 0; more < 10 && phases().size() < Phase.values().length; more++) {
            leaveOften(DISCONNECTS / 5);
        }
        assertThat(requireSoon()).isGreaterThan(DISCONNECTS / 2);
        assertThat(phases()).containsKeys(Phase.QUEUED, Phase.READING, Phase.WRITING);
        assertThat(STEPS.releases().size()).isGreaterThan(DISCONNECTS / 2);
        memory.requireGrowthBelow(HEAP_GROWTH, RESIDENT_GROWTH);
    }

    private static Map<Phase, Integer> phases() {
        Map<Phase, Integer> phases = new EnumMap<>(Phase.class);
        STEPS.releases().values().forEach(release -> phases.merge(release.phase(), 1, Integer::sum));
        return phases;
    }

    private static void leaveOften(int times) throws Exception {
        new Witness(server).during(() -> leaveTogether(times));
        comeToRest();
    }

    private static void leaveTogether(int times) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                Random random = new Random(client);
                int share = times / CLIENTS + (client < times % CLIENTS ? 1 : 0);
                clients.add(threads.submit(() -> {
                    for (int i = 0; i < share; i++) {
                        leave(random);
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        }
    }

    private static void leave(Random random) throws Exception {
        String text = random.nextInt() + " word".repeat(random.nextInt(1000));
        try (RawClient client = new RawClient(server)) {
            client.send(question(TestRoutes.PATH, text, 400, random.nextBoolean()));
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
        BRAKE.holdAt(step -> true);
        for (int i = 0; i < 8; i++) {
            RawClient client = new RawClient(server);
            client.send(question(TestRoutes.PATH, "Tell me everything " + i, 1500, i % 2 == 0));
            clients.add(client);
        }
        for (RawClient client : clients) {
            client.socket().shutdownOutput();
        }
        Await.until(() -> NOTICED.size() == clients.size());
        BRAKE.release();
        Await.until(() -> STEPS.releases().size() == clients.size());
        comeToRest();
        assertThat(requireSoon()).isEqualTo(clients.size());
        for (RawClient client : clients) {
            client.close();
        }
    }

    private static void comeToRest() throws Exception {
        Await.until(() -> {
            EngineStats stats = llama.engine().stats();
            return stats.activeSequences() == 0
                    && stats.queueLength() == 0
                    && IN_WORK.inWork().isEmpty();
        });
    }
}
