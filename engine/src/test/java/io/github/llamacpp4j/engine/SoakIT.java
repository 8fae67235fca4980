package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.ProcessMemory;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mixed load for a while: no event is lost or comes twice, and memory and threads stay flat. */
@Timeout(2 * 60 * 60)
class SoakIT {

    private static final System.Logger LOGGER = System.getLogger(SoakIT.class.getName());
    private static final int CALLERS = 12;
    private static final int SAMPLES = 30;
    private static final int WARM = SAMPLES / 3 + 1;
    private static final long GROWTH_BYTES = 48L << 20;

    @Test
    void mixedLoadOnTinyChatLosesNothingAndLeavesNothing() throws Exception {
        soak(TestModels.tinychat(), Duration.ofSeconds(Scale.soakSeconds()));
    }

    @Test
    void mixedLoadOnSmolLmLosesNothingAndLeavesNothing() throws Exception {
        soak(TestModels.smolLm2(), Duration.ofSeconds(Scale.soakSeconds()));
    }

    private static void soak(Path file, Duration all) throws Exception {
        SoakLedger ledger = new SoakLedger();
        EngineOptions options = EngineOptions.builder()
                .parallelSequences(6)
                .queueCapacity(24)
                .eventCapacity(16)
                .hostCacheBytes(16L << 20)
                .addListener(ledger)
                .build();
        try (Model model = Model.load(file);
                Engine engine = Engine.start(model, TinyChatEngines.context().build(), options)) {
            List<Sample> samples = run(engine, new SoakLoad(engine, model, ledger), ledger, all);
            LOGGER.log(System.Logger.Level.INFO, "{0}, {1}: {2}", file.getFileName(), all, ledger);
            ledger.check();
            assertThat(ledger.readEvents()).isPositive();
            assertThat(engine.stats().activeSequences()).isZero();
            Sample warm = samples.get(WARM - 1);
            Sample last = samples.getLast();
            assertThat(last.residentBytes() - warm.residentBytes()).isLessThan(GROWTH_BYTES);
            assertThat(last.threads()).isLessThanOrEqualTo(warm.threads() + 2);
        }
    }

    /** What the process holds at a moment. */
    private record Sample(long seconds, long requests, long residentBytes, long heapBytes, int threads) {

        static Sample take(long workedNanos, SoakLedger ledger, long residentBytes) {
            return new Sample(
                    workedNanos / 1_000_000_000,
                    ledger.queued(),
                    residentBytes,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted(),
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }
    }

    private static List<Sample> run(Engine engine, SoakLoad load, SoakLedger ledger, Duration time) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Sample> samples = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                int number = caller;
                done.add(callers.submit(() -> load.run(number, over)));
            }
            long worked = 0;
            for (int sample = 1; sample <= SAMPLES; sample++) {
                while (worked < time.toNanos() / SAMPLES * sample) {
                    worked += workFor(time.dividedBy(10 * SAMPLES));
                }
                boolean compared = sample == WARM || sample == SAMPLES;
                long resident = compared ? ProcessMemory.residentBytesWithoutGarbage() : ProcessMemory.residentBytes();
                samples.add(Sample.take(worked, ledger, resident));
                LOGGER.log(System.Logger.Level.INFO, "{0}", samples.getLast());
            }
            over.set(true);
            for (Future<?> future : done) {
                future.get();
            }
        }
        while (engine.stats().activeSequences() + engine.stats().queueLength() > 0) {
            Thread.sleep(5);
        }
        return samples;
    }

    /** Lets the load go on and returns for how long it did; time in which the process was stopped does not count. */
    private static long workFor(Duration time) throws InterruptedException {
        long start = System.nanoTime();
        Thread.sleep(time);
        return Math.min(System.nanoTime() - start, 2 * time.toNanos());
    }
}
