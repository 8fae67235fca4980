package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.ProcessMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mixed load for a while: no event is lost or comes twice, and memory stays flat. */
@Timeout(2 * 60 * 60)
class SoakIT {

    private static final System.Logger LOGGER = System.getLogger(SoakIT.class.getName());
    private static final int CALLERS = 12;
    private static final long GROWTH_BYTES = 48L << 20;

    @Test
    void mixedLoadLosesNothingAndLeavesNothing() throws Exception {
        AtomicLong finished = new AtomicLong();
        AtomicLong queued = new AtomicLong();
        EngineListener counting = new EngineListener() {
            @Override
            public void queued(long requestId, String caller, int queueLength) {
                queued.incrementAndGet();
            }

            @Override
            public void finished(long requestId, String caller, FinishedEvent end) {
                finished.incrementAndGet();
            }
        };
        EngineOptions options = EngineOptions.builder()
                .parallelSequences(6)
                .queueCapacity(64)
                .listener(counting)
                .build();
        try (Model model = TinyChatEngines.load();
                Engine engine = Engine.start(model, TinyChatEngines.context().build(), options)) {
            Duration all = Duration.ofSeconds(Scale.soakSeconds());
            load(engine, model, all.dividedBy(3));
            long memory = ProcessMemory.residentBytes();
            long events = load(engine, model, all.multipliedBy(2).dividedBy(3));
            long growth = ProcessMemory.residentBytes() - memory;
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "soak of {0}: {1} requests, {2} events checked in the second part, {3} KiB more memory",
                    all,
                    queued.get(),
                    events,
                    growth / 1024);
            assertThat(events).isPositive();
            assertThat(growth).isLessThan(GROWTH_BYTES);
            assertThat(finished.get()).isEqualTo(queued.get());
            assertThat(engine.stats().activeSequences()).isZero();
        }
    }

    private static long load(Engine engine, Model model, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        AtomicLong events = new AtomicLong();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Random random = new Random(caller);
                String name = "caller " + caller % 5;
                done.add(callers.submit(() -> {
                    while (System.nanoTime() - end < 0) {
                        events.addAndGet(request(engine, model, name, random));
                    }
                }));
            }
            for (Future<?> future : done) {
                future.get();
            }
        }
        while (engine.stats().activeSequences() + engine.stats().queueLength() > 0) {
            Thread.sleep(5);
        }
        return events.get();
    }

    private static long request(Engine engine, Model model, String caller, Random random) {
        String question = "Question " + random.nextInt(20) + ": " + "what else ".repeat(random.nextInt(20)) + "?";
        EngineRequest request = EngineRequest.builder(TinyChatEngines.question(model, question))
                .caller(caller)
                .priority(random.nextInt(3))
                .maxTokens(1 + random.nextInt(60))
                .speculativeTokens(random.nextInt(4))
                .ignoreEndOfGeneration(random.nextBoolean())
                .prefixCache(random.nextInt(4) > 0)
                .build();
        long events = 0;
        List<Generation> streams = engine.submit(request, 1 + random.nextInt(2));
        int cancelAfter = random.nextInt(5) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
        for (Generation stream : streams) {
            int tokens = 0;
            while (stream.hasNext()) {
                events++;
                switch (stream.next()) {
                    case TokenEvent token -> {
                        assertThat(token.token()).isNotNegative();
                        if (++tokens == cancelAfter) {
                            stream.cancel();
                        }
                    }
                    case FinishedEvent end -> {
                        assertThat(end.usage().generatedTokens()).isEqualTo(tokens);
                        assertThat(stream.hasNext()).isFalse();
                    }
                }
            }
        }
        return events;
    }
}
