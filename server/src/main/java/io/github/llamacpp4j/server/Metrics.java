package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.micrometer.EngineMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a server counts, for Prometheus. Thread-safe; nothing here waits for the engine's thread. */
final class Metrics {

    private static final String PREFIX = "llamacpp4j.server.";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final EngineMetrics engine = new EngineMetrics(registry, Tags.empty());

    /** Shows how many requests are in work and how many clients are connected. */
    void watch(ServerState state, ClientConnections connections) {
        gauge("requests.active", "Requests in work", state::active);
        gauge("connections", "Clients connected", connections::count);
        gauge("ready", "1 while the server takes requests", () -> state.isReady() ? 1 : 0);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(PREFIX + name, value).description(description).register(registry);
    }

    /** What tells these metrics about an engine. */
    EngineListener engineListener() {
        return engine;
    }

    /** Shows the state of an engine. */
    void watch(Engine watched) {
        engine.watch(watched::stats);
    }

    /** Counts a request that was answered. */
    void answered(String route, int status, long nanos) {
        Timer.builder(PREFIX + "requests")
                .description("Requests by route and status, and how long they took")
                .tag("route", route)
                .tag("status", String.valueOf(status))
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts a client that left before its answer was complete. */
    void clientLeft(String route) {
        registry.counter(PREFIX + "clients.gone", "route", route).increment();
    }

    /** All of it as text. */
    String scrape() {
        return registry.scrape();
    }
}
