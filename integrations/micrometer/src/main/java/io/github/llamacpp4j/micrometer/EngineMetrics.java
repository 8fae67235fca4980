package io.github.llamacpp4j.micrometer;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.engine.EngineStep;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Keeps the meters of one engine. Give it to the engine as a listener, then {@link #watch} the engine:
 *
 * <pre>{@code
 * EngineMetrics metrics = new EngineMetrics(registry, Tags.of("model", "smollm2"));
 * Engine engine = Engine.start(model, context, EngineOptions.builder().addListener(metrics).build());
 * metrics.watch(engine::stats);
 * }</pre>
 *
 * <p>Names begin with {@value #PREFIX}. Timers publish the percentiles 50, 90, 95 and 99; a registry that aggregates across
 * machines can have histograms instead with a {@code MeterFilter}. Requests are counted by outcome, not by caller: the names of
 * callers have no bound.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>kind</th><th>meaning</th></tr>
 * <tr><td>{@code queue.wait}</td><td>timer</td><td>from submission to admission</td></tr>
 * <tr><td>{@code first.token}</td><td>timer</td><td>from submission to the first token</td></tr>
 * <tr><td>{@code inter.token}</td><td>timer</td><td>from a token to the next</td></tr>
 * <tr><td>{@code request}</td><td>timer, {@code outcome}</td><td>from submission to the end</td></tr>
 * <tr><td>{@code step.decode}, {@code step.sample}</td><td>timer</td><td>the two parts of a step</td></tr>
 * <tr><td>{@code step.tokens}</td><td>summary, {@code kind}</td><td>how many tokens a batch had</td></tr>
 * <tr><td>{@code tokens}</td><td>counter, {@code kind}</td><td>prompt tokens computed, cached ones, generated ones</td></tr>
 * <tr><td>{@code requests.submitted}, {@code requests.rejected}, {@code requests.failed}</td><td>counter</td><td></td></tr>
 * <tr><td>{@code prefix.hits}</td><td>counter</td><td>requests that found a part of their prompt in the memory</td></tr>
 * <tr><td>{@code evictions}, {@code evicted.cells}, {@code preemptions}, {@code stuck}</td><td>counter</td><td></td></tr>
 * <tr><td>{@code draft.tokens}</td><td>counter, {@code result}</td><td>guesses of speculative decoding</td></tr>
 * <tr><td>{@code cells.used}, {@code cells.total}, {@code queue.length}, {@code sequences.active},
 * {@code sequences.retained}, {@code draft.acceptance}</td><td>gauge</td><td>see {@link EngineStats}</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
public final class EngineMetrics implements EngineListener, AutoCloseable {

    /** How all names of meters begin. */
    public static final String PREFIX = "llamacpp4j.engine.";

    private static final double[] PERCENTILES = {0.5, 0.9, 0.95, 0.99};

    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> meters = new CopyOnWriteArrayList<>();
    private final Timer queueWait;
    private final Timer firstToken;
    private final Timer interToken;
    private final Timer stepDecode;
    private final Timer stepSample;
    private final DistributionSummary stepDecodeTokens;
    private final DistributionSummary stepPrefillTokens;
    private final Counter promptTokens;
    private final Counter cachedTokens;
    private final Counter generatedTokens;
    private final Counter submitted;
    private final Counter rejected;
    private final Counter failed;
    private final Counter prefixHits;
    private final Counter evictions;
    private final Counter evictedCells;
    private final Counter preemptions;
    private final Counter stuck;
    private final Counter acceptedDrafts;
    private final Counter wrongDrafts;
    private final Map<FinishReason, Timer> requests = new EnumMap<>(FinishReason.class);

    /**
     * Registers the meters of an engine.
     *
     * @param registry where
     * @param tags what tells this engine's meters from another one's in the same registry; may be empty
     */
    public EngineMetrics(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = requireNonNull(registry, "registry");
        this.tags = Tags.of(tags);
        queueWait = timer("queue.wait", "From submission to admission", Tags.empty());
        firstToken = timer("first.token", "From submission to the first token", Tags.empty());
        interToken = timer("inter.token", "From a token to the next", Tags.empty());
        stepDecode = timer("step.decode", "Time the model computed in a step", Tags.empty());
        stepSample = timer("step.sample", "Time to choose and deliver the tokens of a step", Tags.empty());
        stepDecodeTokens = summary("decode");
        stepPrefillTokens = summary("prefill");
        promptTokens = counter("tokens", "Tokens by kind", Tags.of("kind", "prompt"));
        cachedTokens = counter("tokens", "Tokens by kind", Tags.of("kind", "cached"));
        generatedTokens = counter("tokens", "Tokens by kind", Tags.of("kind", "generated"));
        submitted = counter("requests.submitted", "Requests taken into the queue", Tags.empty());
        rejected = counter("requests.rejected", "Requests refused because the queue was full", Tags.empty());
        failed = counter("requests.failed", "Requests that failed", Tags.empty());
        prefixHits = counter("prefix.hits", "Requests that found a part of their prompt in the memory", Tags.empty());
        evictions = counter("evictions", "Finished sequences dropped from the memory", Tags.empty());
        evictedCells = counter("evicted.cells", "Cells that evictions freed", Tags.empty());
        preemptions = counter("preemptions", "Running requests that lost their cells", Tags.empty());
        stuck = counter("stuck", "Steps reported as taking too long", Tags.empty());
        acceptedDrafts = counter("draft.tokens", "Guessed tokens by result", Tags.of("result", "accepted"));
        wrongDrafts = counter("draft.tokens", "Guessed tokens by result", Tags.of("result", "wrong"));
        for (FinishReason reason : FinishReason.values()) {
            requests.put(
                    reason,
                    timer(
                            "request",
                            "From submission to the end",
                            Tags.of("outcome", reason.name().toLowerCase(Locale.ROOT))));
        }
    }

    /**
     * Registers the gauges, which ask {@code stats} when they are read.
     *
     * @param stats what the engine is doing, usually {@code engine::stats}; kept until {@link #close}
     */
    public void watch(Supplier<EngineStats> stats) {
        requireNonNull(stats, "stats");
        gauge("cells.used", "Cells of the memory in use", stats, EngineStats::usedCells);
        gauge("cells.total", "Cells of the memory", stats, EngineStats::cells);
        gauge("queue.length", "Requests that wait", stats, EngineStats::queueLength);
        gauge("sequences.active", "Sequences in work", stats, EngineStats::activeSequences);
        gauge(
                "sequences.retained",
                "Finished sequences kept for their prefixes",
                stats,
                EngineStats::retainedSequences);
        gauge("draft.acceptance", "Part of all guessed tokens that was right", stats, EngineMetrics::acceptance);
    }

    private static double acceptance(EngineStats stats) {
        return stats.draftedTokens() == 0 ? 0 : (double) stats.acceptedDraftTokens() / stats.draftedTokens();
    }

    private Timer timer(String name, String description, Tags more) {
        return keep(Timer.builder(PREFIX + name)
                .description(description)
                .tags(tags.and(more))
                .publishPercentiles(PERCENTILES)
                .register(registry));
    }

    private DistributionSummary summary(String kind) {
        return keep(DistributionSummary.builder(PREFIX + "step.tokens")
                .description("Tokens of a batch by kind")
                .tags(tags.and("kind", kind))
                .publishPercentiles(PERCENTILES)
                .register(registry));
    }

    private Counter counter(String name, String description, Tags more) {
        return keep(Counter.builder(PREFIX + name)
                .description(description)
                .tags(tags.and(more))
                .register(registry));
    }

    private void gauge(
            String name, String description, Supplier<EngineStats> stats, ToDoubleFunction<EngineStats> value) {
        keep(Gauge.builder(PREFIX + name, () -> value.applyAsDouble(stats.get()))
                .description(description)
                .tags(tags)
                .register(registry));
    }

    private <M extends Meter> M keep(M meter) {
        meters.add(meter);
        return meter;
    }

    @Override
    public void queued(long requestId, String caller, int queueLength) {
        submitted.increment();
    }

    @Override
    public void rejected(String caller, int queueLength) {
        rejected.increment();
    }

    @Override
    public void admitted(long requestId, String caller, int prompt, int cached, long queuedNanos) {
        queueWait.record(queuedNanos, TimeUnit.NANOSECONDS);
        if (cached > 0) {
            prefixHits.increment();
            cachedTokens.increment(cached);
        }
    }

    @Override
    public void prefilled(long requestId, int tokens, int remainingTokens) {
        promptTokens.increment(tokens);
    }

    @Override
    public void firstToken(long requestId, long nanos) {
        generatedTokens.increment();
        firstToken.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void nextToken(long requestId, long nanos) {
        generatedTokens.increment();
        interToken.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void stepped(EngineStep step) {
        stepDecode.record(step.decodeNanos(), TimeUnit.NANOSECONDS);
        stepSample.record(step.sampleNanos(), TimeUnit.NANOSECONDS);
        if (step.decodeTokens() > 0) {
            stepDecodeTokens.record(step.decodeTokens());
        }
        if (step.prefillTokens() > 0) {
            stepPrefillTokens.record(step.prefillTokens());
        }
    }

    @Override
    public void finished(long requestId, String caller, FinishedEvent end) {
        Timer timer = requests.get(end.reason());
        if (timer != null) {
            timer.record(end.timings().total());
        }
    }

    @Override
    public void failed(long requestId, String caller, Throwable cause) {
        failed.increment();
    }

    @Override
    public void evicted(int cells) {
        evictions.increment();
        evictedCells.increment(cells);
    }

    @Override
    public void preempted(long requestId, int cells) {
        preemptions.increment();
    }

    @Override
    public void speculated(long requestId, int drafted, int accepted) {
        acceptedDrafts.increment(accepted);
        wrongDrafts.increment((double) drafted - accepted);
    }

    @Override
    public void stuck(long nanos) {
        stuck.increment();
    }

    /** Takes the meters out of the registry. The engine may go on. */
    @Override
    public void close() {
        meters.forEach(registry::remove);
        meters.clear();
    }
}
