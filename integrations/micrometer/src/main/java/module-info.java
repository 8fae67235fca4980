/** Engine metrics in a Micrometer registry. */
module io.github.llamacpp4j.micrometer {
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.engine;
    requires transitive micrometer.core;

    exports io.github.llamacpp4j.micrometer;
}
