package io.github.llamacpp4j.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.engine.EngineStep;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.Usage;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineMetricsTest {

    private static final long MS = 1_000_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EngineMetrics metrics = new EngineMetrics(registry, Tags.of("model", "m"));

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void countsTokensAndCacheHits() {
        metrics.queued(1, "a", 1);
        metrics.admitted(1, "a", 30, 20, 5 * MS);
        metrics.admitted(2, "b", 30, 0, 15 * MS);
        metrics.prefilled(1, 10, 0);
        metrics.firstToken(1, 50 * MS);
        metrics.nextToken(1, 10 * MS);
        metrics.nextToken(1, 12 * MS);

        assertThat(counter("requests.submitted")).isEqualTo(1);
        assertThat(tokens("prompt")).isEqualTo(10);
        assertThat(tokens("cached")).isEqualTo(20);
        assertThat(tokens("generated")).isEqualTo(3);
        assertThat(counter("prefix.hits")).isEqualTo(1);
        assertThat(timer("queue.wait").count()).isEqualTo(2);
        assertThat(timer("queue.wait").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(20);
        assertThat(timer("first.token").max(TimeUnit.MILLISECONDS)).isEqualTo(50);
        assertThat(timer("inter.token").mean(TimeUnit.MILLISECONDS)).isEqualTo(11);
    }

    @Test
    void timersPublishPercentiles() {
        for (int i = 1; i <= 100; i++) {
            metrics.nextToken(1, i * MS);
        }

        ValueAtPercentile[] values = timer("inter.token").takeSnapshot().percentileValues();
        assertThat(Arrays.stream(values).map(ValueAtPercentile::percentile)).containsExactly(0.5, 0.9, 0.95, 0.99);
        assertThat(values[0].value(TimeUnit.MILLISECONDS)).isBetween(45.0, 55.0);
        assertThat(values[3].value(TimeUnit.MILLISECONDS)).isBetween(95.0, 105.0);
    }

    @Test
    void requestsAreTimedByOutcome() {
        metrics.finished(1, "a", end(FinishReason.STOP_TEXT, 100));
        metrics.finished(2, "a", end(FinishReason.CANCELLED, 7));
        metrics.failed(3, "a", new IllegalStateException("x"));
        metrics.rejected("a", 256);

        assertThat(outcome("stop_text").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(100);
        assertThat(outcome("cancelled").count()).isEqualTo(1);
        assertThat(outcome("deadline").count()).isZero();
        assertThat(counter("requests.failed")).isEqualTo(1);
        assertThat(counter("requests.rejected")).isEqualTo(1);
    }

    @Test
    void countsWhatTheMemoryAndSpeculationDo() {
        metrics.evicted(40);
        metrics.evicted(2);
        metrics.preempted(1, 12);
        metrics.speculated(1, 8, 5);
        metrics.stuck(MS);

        assertThat(counter("evictions")).isEqualTo(2);
        assertThat(counter("evicted.cells")).isEqualTo(42);
        assertThat(counter("preemptions")).isEqualTo(1);
        assertThat(counter("stuck")).isEqualTo(1);
        assertThat(drafts("accepted")).isEqualTo(5);
        assertThat(drafts("wrong")).isEqualTo(3);
    }

    @Test
    void stepsAreMeasuredByKind() {
        metrics.stepped(new EngineStep(4, 0, 4, 0, 100, 20 * MS, 2 * MS));
        metrics.stepped(new EngineStep(2, 128, 4, 0, 100, 40 * MS, MS));

        assertThat(registry.get(EngineMetrics.PREFIX + "step.tokens")
                        .tag("kind", "decode")
                        .summary()
                        .mean())
                .isEqualTo(3);
        assertThat(registry.get(EngineMetrics.PREFIX + "step.tokens")
                        .tag("kind", "prefill")
                        .summary()
                        .count())
                .isEqualTo(1);
        assertThat(timer("step.decode").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(60);
        assertThat(timer("step.sample").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3);
    }

    @Test
    void gaugesShowTheEngineAsItIs() {
        AtomicReference<EngineStats> stats = new AtomicReference<>(stats(0, 0, 0));
        metrics.watch(stats::get);
        assertThat(gauge("draft.acceptance")).isZero();

        stats.set(stats(7, 10, 4));

        assertThat(gauge("queue.length")).isEqualTo(7);
        assertThat(gauge("sequences.active")).isEqualTo(3);
        assertThat(gauge("sequences.retained")).isEqualTo(2);
        assertThat(gauge("cells.used")).isEqualTo(500);
        assertThat(gauge("cells.total")).isEqualTo(4096);
        assertThat(gauge("draft.acceptance")).isEqualTo(0.4);
    }

    @Test
    void twoEnginesShareARegistryAndCloseApart() {
        try (EngineMetrics other = new EngineMetrics(registry, Tags.of("model", "n"))) {
            other.watch(() -> stats(1, 0, 0));
            other.evicted(1);
            metrics.evicted(1);
        }

        assertThat(counter("evictions")).isEqualTo(1);
        assertThat(registry.getMeters().stream().map(meter -> meter.getId().getTag("model")))
                .containsOnly("m");
    }

    @Test
    void everyMeterIsDescribed() {
        metrics.watch(() -> stats(0, 0, 0));

        assertThat(registry.getMeters().stream()
                        .filter(meter -> !meter.getId().getName().contains("percentile"))
                        .map(Meter::getId)
                        .filter(id -> id.getDescription() == null)
                        .map(Meter.Id::getName)
                        .collect(Collectors.toList()))
                .isEmpty();
    }

    private double counter(String name) {
        return registry.get(EngineMetrics.PREFIX + name)
                .tag("model", "m")
                .counter()
                .count();
    }

    private double tokens(String kind) {
        return registry.get(EngineMetrics.PREFIX + "tokens")
                .tag("kind", kind)
                .counter()
                .count();
    }

    private double drafts(String result) {
        return registry.get(EngineMetrics.PREFIX + "draft.tokens")
                .tag("result", result)
                .counter()
                .count();
    }

    private double gauge(String name) {
        return registry.get(EngineMetrics.PREFIX + name).gauge().value();
    }

    private Timer timer(String name) {
        return registry.get(EngineMetrics.PREFIX + name).timer();
    }

    private Timer outcome(String outcome) {
        return registry.get(EngineMetrics.PREFIX + "request")
                .tag("outcome", outcome)
                .timer();
    }

    private static EngineStats stats(int queue, long drafted, long accepted) {
        return new EngineStats(queue, 3, 2, 500, 4096, 9, 0, 0, 0, 0, 0, drafted, accepted);
    }

    private static FinishedEvent end(FinishReason reason, long millis) {
        Duration total = Duration.ofMillis(millis);
        return new FinishedEvent(
                "",
                reason,
                1,
                new Usage(1, 0, 1, 0, 0, 0),
                new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, total));
    }
}
