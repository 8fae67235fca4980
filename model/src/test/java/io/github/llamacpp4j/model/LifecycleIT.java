package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.ForkedResult;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LifecycleIT {

    /** {@code -Dllamacpp4j.cycles=1000} for the long run. */
    private static final int CYCLES = Integer.getInteger("llamacpp4j.cycles", 100);

    private static final long TOLERANCE_BYTES = 24L << 20;

    @Test
    void residentMemoryStaysFlatOverManyCycles() {
        List<Long> resident = fork("cycles", CYCLES)
                .stdout()
                .lines()
                .filter(line -> line.startsWith("resident "))
                .map(line -> Long.parseLong(line.substring("resident ".length())))
                .toList();
        System.getLogger(LifecycleIT.class.getName())
                .log(System.Logger.Level.INFO, CYCLES + " cycles, resident bytes " + resident);
        assertThat(resident).hasSize(2);
        assertThat(resident.getLast()).isLessThan(resident.getFirst() + TOLERANCE_BYTES);
    }

    @Test
    void everythingMayBeClosedInAnyOrderAndTwice() {
        fork("orders", 60);
    }

    @Test
    void twoThreadsMayCloseWhileOthersGenerate() {
        fork("races", 40);
    }

    private static ForkedResult fork(String what, int times) {
        ForkedResult result = ForkedJvm.of(LifecycleMain.class)
                .jvmFlags("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-Dllamacpp4j.leakDetection=true")
                .arguments(what, String.valueOf(times))
                .environment("GGML_NO_BACKTRACE", "1")
                .timeout(Duration.ofMinutes(9))
                .run()
                .assertSucceeded();
        assertThat(result.stdout()).endsWith("alive" + System.lineSeparator());
        assertThat(result.stderr()).doesNotContain("never closed");
        return result;
    }

    @Test
    void closingTheModelKeepsLiveContextsUsable() {
        Model model = Model.load(TestModels.tinychat());
        int[] prompt = model.tokenizer().encode("What is the");
        try (Context context = model.newContext(Contexts.small().build());
                Sampler sampler = Sampler.builder(model).greedy().build()) {
            context.append(0, prompt);
            int before = sampler.sample(context, -1);
            model.close();
            context.memory().clear(true);
            context.append(0, prompt);
            assertThat(sampler.sample(context, -1)).isEqualTo(before);
        }
    }

    @Test
    void closingStopsARunningDecode() throws Exception {
        try (Model model = Model.load(TestModels.tinychat())) {
            Context context = model.newContext(ContextOptions.builder()
                    .contextSize(16384)
                    .batchSize(16384)
                    .threads(1)
                    .batchThreads(1)
                    .build());
            FutureTask<?> decoding = new FutureTask<>(() -> {
                context.append(0, new int[16000]);
                return true;
            });
            Thread thread = Thread.ofPlatform().daemon().start(decoding);
            while (thread.isAlive() && !isDecoding(thread)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MILLISECONDS.sleep(200);
            long start = System.nanoTime();
            context.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThatThrownBy(decoding::get).hasCauseInstanceOf(DecodeAbortedException.class);
        }
    }

    private static boolean isDecoding(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("llama_decode"));
    }

    @Test
    void abortStopsTheRunningDecodeOnly() throws Exception {
        try (Model model = Model.load(TestModels.tinychat());
                Context context = model.newContext(ContextOptions.builder()
                        .contextSize(16384)
                        .batchSize(16384)
                        .threads(1)
                        .batchThreads(1)
                        .build());
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> decoding = threads.submit(() -> context.append(0, new int[16000]));
            while (!decoding.isDone()) {
                TimeUnit.MILLISECONDS.sleep(20);
                context.abort();
            }
            assertThatThrownBy(decoding::get).hasCauseInstanceOf(DecodeAbortedException.class);
            assertThat(context.memory().lastPosition(0)).isLessThan(15999);
            context.memory().remove(0);
            context.append(0, 1, 2, 3);
            assertThat(context.logits(-1)).hasSize(2048);
        }
    }

    @Test
    void twoThreadsDecodingOneContextAreServedInTurn() throws Exception {
        try (Model model = Model.load(TestModels.tinychat());
                Context context =
                        model.newContext(Contexts.small().maxSequences(2).build());
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> futures =
                    List.of(threads.submit(() -> appendMany(context, 0)), threads.submit(() -> appendMany(context, 1)));
            for (Future<?> future : futures) {
                future.get();
            }
            assertThat(context.memory().lastPosition(0)).isEqualTo(99);
            assertThat(context.memory().lastPosition(1)).isEqualTo(99);
        }
    }

    private static void appendMany(Context context, int sequenceId) {
        for (int i = 0; i < 100; i++) {
            context.append(sequenceId, i + 1);
        }
    }
}
