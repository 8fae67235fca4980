/** OpenTelemetry spans and metrics of generative AI for an engine. */
module io.github.llamacpp4j.opentelemetry {
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.engine;
    requires transitive io.opentelemetry.api;
    requires transitive io.opentelemetry.context;

    exports io.github.llamacpp4j.opentelemetry;
}
