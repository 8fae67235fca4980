package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GenerationTest {

    private static final int TIMES = 200;
    private static final int EVENTS = 2000;

    @Test
    void aStreamThatAnotherThreadClosesWhileItIsReadSaysSo() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            Generation stream = written();
            CountDownLatch started = new CountDownLatch(1);
            FutureTask<Completion> reader = new FutureTask<>(() -> {
                started.countDown();
                return stream.result();
            });
            Thread.ofPlatform().daemon().start(reader);
            started.await();
            Thread.sleep(Duration.ofNanos(i * 2000L));
            stream.close();
            assertEndsWell(reader);
        }
    }

    private static void assertEndsWell(FutureTask<Completion> reader) throws Exception {
        try {
            assertThat(reader.get(20, TimeUnit.SECONDS).tokens()).hasSizeLessThanOrEqualTo(EVENTS);
        } catch (ExecutionException e) {
            assertThat(e).cause().isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
    }

    private static Generation written() {
        Generation stream = new Generation(1, EVENTS, () -> {});
        for (int i = 0; i < EVENTS; i++) {
            stream.events().add(new TokenEvent(i, "x", Optional.empty()));
        }
        stream.events()
                .add(new FinishedEvent(
                        "",
                        FinishReason.MAX_TOKENS,
                        0,
                        new Usage(1, 0, EVENTS, 0, 0, 0),
                        new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO)));
        return stream;
    }
}
