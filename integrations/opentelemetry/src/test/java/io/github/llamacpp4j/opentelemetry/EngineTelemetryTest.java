package io.github.llamacpp4j.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.Usage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineTelemetryTest {

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .build();
    private final EngineTelemetry telemetry = EngineTelemetry.of(sdk, "smollm2");

    @AfterEach
    void close() {
        sdk.close();
    }

    @Test
    void aRequestIsASpanUnderTheCallersSpan() {
        Span caller = sdk.getTracer("test").spanBuilder("caller").startSpan();
        try (Scope scope = caller.makeCurrent()) {
            assertThat(scope).isNotNull();
            telemetry.queued(7, "a", 1);
        }
        telemetry.admitted(7, "a", 12, 4, 1000);
        telemetry.preempted(7, 12);
        telemetry.firstToken(7, 30_000_000);
        telemetry.finished(7, "a", end(FinishReason.MAX_TOKENS));

        SpanData span = spans.getFinishedSpanItems().getFirst();
        assertThat(span.getName()).isEqualTo("text_completion smollm2");
        assertThat(span.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
        assertThat(span.getAttributes().get(EngineTelemetry.OPERATION)).isEqualTo("text_completion");
        assertThat(span.getAttributes().get(EngineTelemetry.PROVIDER)).isEqualTo("llamacpp4j");
        assertThat(span.getAttributes().get(EngineTelemetry.REQUEST_MODEL)).isEqualTo("smollm2");
        assertThat(span.getAttributes().get(EngineTelemetry.INPUT_TOKENS)).isEqualTo(12);
        assertThat(span.getAttributes().get(EngineTelemetry.CACHED_TOKENS)).isEqualTo(4);
        assertThat(span.getAttributes().get(EngineTelemetry.OUTPUT_TOKENS)).isEqualTo(11);
        assertThat(span.getAttributes().get(EngineTelemetry.FINISH_REASONS)).containsExactly("length");
        assertThat(span.getAttributes().get(EngineTelemetry.ACCEPTED_TOKENS)).isEqualTo(3);
        assertThat(span.getEvents().stream().map(EventData::getName))
                .containsExactly("admitted", "preempted", "first_token");
        caller.end();
    }

    @Test
    void aFailureIsAnErrorOfItsType() {
        telemetry.queued(1, "a", 1);
        telemetry.failed(1, "a", new IllegalStateException("decoding failed"));

        SpanData span = spans.getFinishedSpanItems().getFirst();
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getStatus().getDescription()).isEqualTo("decoding failed");
        assertThat(span.getAttributes().get(EngineTelemetry.ERROR_TYPE)).isEqualTo("java.lang.IllegalStateException");
        HistogramPointData duration = point(metrics.collectAllMetrics(), "gen_ai.server.request.duration");
        assertThat(duration.getCount()).isEqualTo(1);
        assertThat(duration.getAttributes().get(EngineTelemetry.ERROR_TYPE))
                .isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void metricsFollowTheConventions() {
        telemetry.queued(1, "a", 1);
        telemetry.firstToken(1, 30_000_000);
        telemetry.finished(1, "a", end(FinishReason.END_OF_GENERATION));

        Collection<MetricData> data = metrics.collectAllMetrics();
        assertThat(point(data, "gen_ai.server.time_to_first_token").getSum()).isEqualTo(0.03);
        assertThat(point(data, "gen_ai.server.request.duration").getSum()).isEqualTo(2);
        assertThat(point(data, "gen_ai.server.time_per_output_token").getSum()).isEqualTo(0.1);
        List<HistogramPointData> usage = points(data, "gen_ai.client.token.usage");
        assertThat(usage).hasSize(2);
        assertThat(usage.stream()
                        .filter(p -> "output".equals(p.getAttributes().get(EngineTelemetry.TOKEN_TYPE)))
                        .findFirst()
                        .orElseThrow()
                        .getSum())
                .isEqualTo(11);
        assertThat(usage.getFirst().getBoundaries()).startsWith(1.0, 4.0, 16.0);
    }

    @Test
    void aRequestThatWasNeverQueuedIsHarmless() {
        telemetry.finished(99, "a", end(FinishReason.CANCELLED));
        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }

    private static HistogramPointData point(Collection<MetricData> data, String name) {
        return points(data, name).getFirst();
    }

    private static List<HistogramPointData> points(Collection<MetricData> data, String name) {
        return data.stream()
                .filter(metric -> metric.getName().equals(name))
                .flatMap(metric -> metric.getHistogramData().getPoints().stream())
                .toList();
    }

    private static FinishedEvent end(FinishReason reason) {
        return new FinishedEvent(
                "",
                reason,
                1,
                new Usage(12, 4, 11, 0, 5, 3),
                new Timings(
                        Duration.ZERO,
                        Duration.ofMillis(30),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(30),
                        Duration.ofSeconds(2)));
    }
}
