/** Models, tokenizers, contexts, batches and samplers of llama.cpp as safe Java objects. */
@SuppressWarnings("module") // the engine is above this module and not on its module path
module io.github.llamacpp4j.model {
    requires static transitive org.jspecify;
    requires io.github.llamacpp4j.ffi;
    requires io.github.llamacpp4j.gguf;
    requires java.management;
    requires jdk.management;

    exports io.github.llamacpp4j.model;
    exports io.github.llamacpp4j.model.internal to
            io.github.llamacpp4j.engine;
}
