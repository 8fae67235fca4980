/** The bundled demonstration model. */
module io.github.llamacpp4j.tinychat {
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.tinychat;
}
