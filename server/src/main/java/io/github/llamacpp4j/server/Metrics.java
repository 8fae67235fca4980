package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** What a server counts, for Prometheus. Thread-safe; nothing here waits for the engine's thread. */
final class Metrics {

    private static final String PREFIX = "llamacpp4j.";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Shows how many requests are in work and how many clients are connected. */
    void watch(ServerState state, ClientConnections connections) {
        Gauge.builder(PREFIX + "server.requests.active", state::active)
                .description("Requests in work")
                .register(registry);
        Gauge.builder(PREFIX + "server.connections", connections::count)
                .description("Clients connected")
                .register(registry);
        Gauge.builder(PREFIX + "server.ready", () -> state.isReady() ? 1 : 0)
                .description("1 while the server takes requests")
                .register(registry);
    }

    /** Shows what an engine does. */
    void watch(Engine engine) {
        gauge(engine, "queue.length", "Requests that wait", EngineStats::queueLength);
        gauge(engine, "sequences.active", "Sequences in work", EngineStats::activeSequences);
        gauge(engine, "cells.used", "Cells of the context in use", EngineStats::usedCells);
        gauge(engine, "cells", "Cells of the context", EngineStats::cells);
        counter(engine, "prompt.tokens", "Prompt tokens computed", EngineStats::promptTokens);
        counter(engine, "cached.tokens", "Prompt tokens found in the context", EngineStats::cachedTokens);
        counter(engine, "generated.tokens", "Tokens generated", EngineStats::generatedTokens);
        counter(engine, "steps", "Batches decoded", EngineStats::steps);
        counter(engine, "preemptions", "Requests that lost their cells", EngineStats::preemptions);
    }

    private void gauge(Engine engine, String name, String description, ToDoubleFunction<EngineStats> value) {
        Gauge.builder(PREFIX + "engine." + name, () -> value.applyAsDouble(engine.stats()))
                .description(description)
                .register(registry);
    }

    private void counter(Engine engine, String name, String description, ToDoubleFunction<EngineStats> value) {
        FunctionCounter.builder(PREFIX + "engine." + name, engine, it -> value.applyAsDouble(it.stats()))
                .description(description)
                .register(registry);
    }

    /** Counts a request that was answered. */
    void answered(String route, int status, long nanos) {
        Timer.builder(PREFIX + "server.requests")
                .description("Requests by route and status, and how long they took")
                .tag("route", route)
                .tag("status", String.valueOf(status))
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts a client that left before its answer was complete. */
    void clientLeft(String route) {
        registry.counter(PREFIX + "server.clients.gone", "route", route).increment();
    }

    /** All of it as text. */
    String scrape() {
        return registry.scrape();
    }
}
