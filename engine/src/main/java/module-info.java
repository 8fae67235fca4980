/** Continuous batching over one llama.cpp context: tokens in, tokens out. */
module io.github.llamacpp4j.engine {
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.engine;
}
