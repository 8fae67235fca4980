/** For the tests of programs that use llamacpp4j: a scripted model, the bundled one, a JUnit extension. */
module io.github.llamacpp4j.testkit {
    requires static transitive org.jspecify;
    requires transitive io.github.llamacpp4j.llama;
    requires io.github.llamacpp4j.natives;
    requires io.github.llamacpp4j.tinychat;
    requires transitive org.junit.jupiter.api;

    exports io.github.llamacpp4j.testkit;
}
