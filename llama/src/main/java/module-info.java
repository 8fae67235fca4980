/** The friendly API: load a model, generate, stream. */
module io.github.llamacpp4j.llama {
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.chat;
    requires transitive io.github.llamacpp4j.engine;
    requires transitive io.github.llamacpp4j.model;

    exports io.github.llamacpp4j;
}
