/** GGUF files read and written in pure Java. */
module io.github.llamacpp4j.gguf {
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.gguf;
}
