/** Continuous batching over one llama.cpp context: tokens in, tokens out. */
module io.github.llamacpp4j.engine {
    requires jdk.jfr;
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.engine;
}
