/** Models on this machine: fetched, verified, listed and removed. */
module io.github.llamacpp4j.store {
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.gguf;
    requires java.net.http;

    exports io.github.llamacpp4j.store;
}
