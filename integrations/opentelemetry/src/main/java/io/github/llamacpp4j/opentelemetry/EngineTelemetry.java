package io.github.llamacpp4j.opentelemetry;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Usage;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a span of every request of an engine, and records metrics, by OpenTelemetry's conventions for generative AI. Give it to the
 * engine as a listener:
 *
 * <pre>{@code
 * EngineOptions.builder().addListener(EngineTelemetry.of(openTelemetry, "smollm2"))
 * }</pre>
 *
 * <p>A span is a child of the span that is current in the thread that submits. It is named {@code text_completion MODEL}, carries token
 * usage and the finish reason, and has the events {@code admitted}, {@code first_token} and {@code preempted}. No prompt and no answer
 * is recorded. The metrics are {@code gen_ai.client.token.usage}, {@code gen_ai.server.request.duration},
 * {@code gen_ai.server.time_to_first_token} and {@code gen_ai.server.time_per_output_token}.
 *
 * <p>Thread-safe.
 */
public final class EngineTelemetry implements EngineListener {

    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");
    static final AttributeKey<String> RESPONSE_MODEL = AttributeKey.stringKey("gen_ai.response.model");
    static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
    static final AttributeKey<Long> CACHED_TOKENS = AttributeKey.longKey("gen_ai.usage.cache_read.input_tokens");
    static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");
    static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    static final AttributeKey<String> TOKEN_TYPE = AttributeKey.stringKey("gen_ai.token.type");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    static final AttributeKey<Long> DRAFTED_TOKENS = AttributeKey.longKey("llamacpp4j.usage.drafted_tokens");
    static final AttributeKey<Long> ACCEPTED_TOKENS = AttributeKey.longKey("llamacpp4j.usage.accepted_draft_tokens");

    private static final String SCOPE = "io.github.llamacpp4j";
    private static final String TEXT_COMPLETION = "text_completion";
    private static final double NANOS_PER_SECOND = 1e9;

    private static final List<Long> TOKEN_BUCKETS = List.of(
            1L, 4L, 16L, 64L, 256L, 1024L, 4096L, 16384L, 65536L, 262144L, 1048576L, 4194304L, 16777216L, 67108864L);
    private static final List<Double> DURATION_BUCKETS =
            List.of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
    private static final List<Double> FIRST_TOKEN_BUCKETS =
            List.of(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);
    private static final List<Double> TOKEN_TIME_BUCKETS =
            List.of(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5);

    private final String model;
    private final Tracer tracer;
    private final Attributes common;
    private final Attributes input;
    private final Attributes output;
    private final LongHistogram tokenUsage;
    private final DoubleHistogram duration;
    private final DoubleHistogram firstToken;
    private final DoubleHistogram timePerToken;
    private final Map<Long, Request> requests = new ConcurrentHashMap<>();

    private record Request(Span span, long startNanos) {
        static final Request UNKNOWN = new Request(Span.getInvalid(), 0);
    }

    private EngineTelemetry(OpenTelemetry telemetry, String model) {
        this.model = requireNonNull(model, "model");
        tracer = telemetry.getTracer(SCOPE);
        common = Attributes.of(OPERATION, TEXT_COMPLETION, PROVIDER, "llamacpp4j", REQUEST_MODEL, model);
        input = common.toBuilder().put(TOKEN_TYPE, "input").build();
        output = common.toBuilder().put(TOKEN_TYPE, "output").build();
        Meter meter = telemetry.getMeter(SCOPE);
        tokenUsage = meter.histogramBuilder("gen_ai.client.token.usage")
                .setUnit("{token}")
                .setDescription("Number of input and output tokens used.")
                .ofLongs()
                .setExplicitBucketBoundariesAdvice(TOKEN_BUCKETS)
                .build();
        duration = seconds(
                meter, "gen_ai.server.request.duration", "From submission to the end of a request.", DURATION_BUCKETS);
        firstToken = seconds(
                meter, "gen_ai.server.time_to_first_token", "From submission to the first token.", FIRST_TOKEN_BUCKETS);
        timePerToken = seconds(
                meter,
                "gen_ai.server.time_per_output_token",
                "Time per token after the first one.",
                TOKEN_TIME_BUCKETS);
    }

    private static DoubleHistogram seconds(Meter meter, String name, String description, List<Double> buckets) {
        return meter.histogramBuilder(name)
                .setUnit("s")
                .setDescription(description)
                .setExplicitBucketBoundariesAdvice(buckets)
                .build();
    }

    /**
     * A listener for one engine.
     *
     * @param telemetry where spans and metrics go
     * @param model what the model is called there
     */
    public static EngineTelemetry of(OpenTelemetry telemetry, String model) {
        return new EngineTelemetry(requireNonNull(telemetry, "telemetry"), model);
    }

    @Override
    public void queued(long requestId, String caller, int queueLength) {
        Span span = tracer.spanBuilder(TEXT_COMPLETION + " " + model)
                .setParent(Context.current())
                .setSpanKind(SpanKind.INTERNAL)
                .setAllAttributes(common)
                .startSpan();
        requests.put(requestId, new Request(span, System.nanoTime()));
    }

    @Override
    public void admitted(long requestId, String caller, int promptTokens, int cachedTokens, long queuedNanos) {
        span(requestId).addEvent("admitted");
    }

    @Override
    public void firstToken(long requestId, long nanos) {
        span(requestId).addEvent("first_token");
        firstToken.record(nanos / NANOS_PER_SECOND, common);
    }

    @Override
    public void preempted(long requestId, int cells) {
        span(requestId).addEvent("preempted");
    }

    @Override
    public void finished(long requestId, String caller, FinishedEvent end) {
        Usage usage = end.usage();
        tokenUsage.record(usage.promptTokens(), input);
        tokenUsage.record(usage.generatedTokens(), output);
        duration.record(seconds(end.timings().total()), common);
        if (usage.generatedTokens() > 1) {
            timePerToken.record(seconds(end.timings().generation()) / (usage.generatedTokens() - 1), common);
        }
        Span span = remove(requestId)
                .span()
                .setAttribute(RESPONSE_MODEL, model)
                .setAttribute(INPUT_TOKENS, (long) usage.promptTokens())
                .setAttribute(CACHED_TOKENS, (long) usage.cachedTokens())
                .setAttribute(OUTPUT_TOKENS, (long) usage.generatedTokens())
                .setAttribute(FINISH_REASONS, List.of(end.reason().wireName()));
        if (usage.draftedTokens() > 0) {
            span.setAttribute(DRAFTED_TOKENS, (long) usage.draftedTokens())
                    .setAttribute(ACCEPTED_TOKENS, (long) usage.acceptedDraftTokens());
        }
        span.end();
    }

    @Override
    public void failed(long requestId, String caller, Throwable cause) {
        Request request = remove(requestId);
        String error = cause.getClass().getName();
        if (!request.equals(Request.UNKNOWN)) {
            duration.record(
                    (System.nanoTime() - request.startNanos()) / NANOS_PER_SECOND,
                    common.toBuilder().put(ERROR_TYPE, error).build());
        }
        request.span()
                .setAttribute(ERROR_TYPE, error)
                .setStatus(StatusCode.ERROR, String.valueOf(cause.getMessage()))
                .recordException(cause)
                .end();
    }

    private Span span(long requestId) {
        return requests.getOrDefault(requestId, Request.UNKNOWN).span();
    }

    private Request remove(long requestId) {
        Request request = requests.remove(requestId);
        return request == null ? Request.UNKNOWN : request;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS_PER_SECOND;
    }
}
