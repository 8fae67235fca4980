package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.ProcessMemory;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are cancelled at random moments, in every way there is, leave nothing behind and disturb nobody. */
@Timeout(600)
class CancelStormIT {

    private static final String QUESTION = "What is the capital of France?";
    private static final String ANSWER = "The capital of France is Paris.";
    private static final int CALLERS = 8;
    private static final int SEQUENCES = 6;
    private static final int MOST_AT_ONCE = 3;
    private static final int MORE_THAN_IS_DELIVERED_UNREAD =
            EngineOptions.defaults().eventCapacity() + 100;
    private static final long GROWTH_BYTES = 48L << 20;

    @Test
    void nothingIsLeftOfCancelledRequests() throws Exception {
        check(TinyChatEngines.context().build(), CacheLayout.UNIFIED);
    }

    @Test
    void nothingIsLeftOfCancelledRequestsWithCellsOfTheirOwn() throws Exception {
        check(TinyChatEngines.context().contextSize(SEQUENCES * 768).build(), CacheLayout.SPLIT);
    }

    private static void check(ContextOptions context, CacheLayout layout) throws Exception {
        try (Model model = TinyChatEngines.load();
                Engine engine = Engine.start(
                        model,
                        context,
                        EngineOptions.builder()
                                .parallelSequences(SEQUENCES)
                                .cacheLayout(layout)
                                .retainedSequences(0)
                                .queueCapacity(CALLERS * MOST_AT_ONCE)
                                .build())) {
            storm(engine, model, Scale.of(60, 200));
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            long memory = ProcessMemory.residentBytesWithoutGarbage();

            int answered = storm(engine, model, Scale.of(200, 1000));

            assertThat(answered).isPositive();
            assertThat(engine.stats().activeSequences()).isZero();
            assertThat(engine.stats().queueLength()).isZero();
            assertThat(engine.stats().usedCells()).isZero();
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 2);
            assertThat(ProcessMemory.residentBytesWithoutGarbage() - memory).isLessThan(GROWTH_BYTES);
        }
    }

    /** Cancels so many requests while others are answered; returns how many were. */
    private static int storm(Engine engine, Model model, int cancels) throws Exception {
        AtomicInteger left = new AtomicInteger(cancels);
        AtomicInteger answered = new AtomicInteger();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Random random = new Random(caller);
                done.add(callers.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        cancelOne(engine, model, random);
                        if (random.nextInt(12) == 0) {
                            assertThat(ask(engine, model)).isEqualTo(ANSWER);
                            answered.incrementAndGet();
                        }
                    }
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        }
        assertThat(ask(engine, model)).isEqualTo(ANSWER);
        while (engine.stats().activeSequences() + engine.stats().queueLength() > 0) {
            Thread.sleep(5);
        }
        return answered.get();
    }

    private static String ask(Engine engine, Model model) {
        return engine.submit(EngineRequest.builder(TinyChatEngines.question(model, QUESTION))
                        .sampling(SamplingOptions.greedy())
                        .maxTokens(40)
                        .build())
                .result()
                .text();
    }

    private static void cancelOne(Engine engine, Model model, Random random) {
        EngineRequest.Builder request = EngineRequest.builder(TinyChatEngines.question(
                        model, "Tell me " + "a very long ".repeat(random.nextInt(30)) + "story."))
                .sampling(SamplingOptions.greedy())
                .ignoreEndOfGeneration(true)
                .speculativeTokens(random.nextInt(3))
                .maxTokens(200);
        switch (random.nextInt(4)) {
            case 0 -> {
                try (Generation victim = engine.submit(request.build())) {
                    victim.poll(Duration.ofMillis(random.nextInt(20)));
                }
            }
            case 1 -> {
                Generation victim = engine.submit(
                        request.maxTokens(MORE_THAN_IS_DELIVERED_UNREAD).build());
                assertThat(read(victim, random.nextInt(8))).isEmpty();
                victim.cancel();
                assertThat(victim.result().end().reason()).isEqualTo(FinishReason.CANCELLED);
            }
            case 2 -> {
                List<Generation> victims = engine.submit(request.build(), MOST_AT_ONCE);
                victims.forEach(victim -> read(victim, random.nextInt(3)));
                victims.forEach(Generation::close);
            }
            default -> {
                Generation victim = engine.submit(request.timeout(Duration.ofMillis(200 + random.nextInt(50)))
                        .build());
                Optional<FinishedEvent> end = read(victim, random.nextInt(4));
                assertThat(end.orElseGet(() -> victim.result().end()).reason())
                        .isIn(FinishReason.DEADLINE, FinishReason.MAX_TOKENS);
            }
        }
    }

    /** Reads so many events; the end if it is one of them. */
    private static Optional<FinishedEvent> read(Generation stream, int events) {
        for (int i = 0; i < events && stream.hasNext(); i++) {
            if (stream.next() instanceof FinishedEvent end) {
                return Optional.of(end);
            }
        }
        return Optional.empty();
    }
}
