/** Models, tokenizers, contexts, batches and samplers of llama.cpp as safe Java objects. */
module io.github.llamacpp4j.model {
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.model;
}
