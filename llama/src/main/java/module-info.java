/** The friendly API: load a model, generate, stream. */
module io.github.llamacpp4j.llama {
    requires com.fasterxml.classmate;
    requires com.github.victools.jsonschema.generator;
    requires com.github.victools.jsonschema.module.jackson;
    requires com.github.victools.jsonschema.module.jakarta.validation;
    requires jakarta.validation;
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.grammar;
    requires transitive tools.jackson.databind;
    requires transitive io.github.llamacpp4j.chat;
    requires transitive io.github.llamacpp4j.engine;
    requires transitive io.github.llamacpp4j.model;

    exports io.github.llamacpp4j;
}
