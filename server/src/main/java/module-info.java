/** An OpenAI-compatible HTTP server for one model. */
module io.github.llamacpp4j.server {
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.llama;
    requires io.github.llamacpp4j.micrometer;
    requires io.helidon.webserver;
    requires jdk.net;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires tools.jackson.databind;

    exports io.github.llamacpp4j.server;
}
