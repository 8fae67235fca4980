/** Continuous batching over one llama.cpp context: tokens in, tokens out. */
module io.github.llamacpp4j.engine {
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.grammar;
    requires transitive io.github.llamacpp4j.model;
    requires jdk.jfr;

    exports io.github.llamacpp4j.engine;
    exports io.github.llamacpp4j.engine.embedding;
}
