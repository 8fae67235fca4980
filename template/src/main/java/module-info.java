/** Jinja chat templates rendered exactly as transformers does, in pure Java. */
module io.github.llamacpp4j.template {
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.template;
}
