/** Sets of llama.cpp libraries on disk: pinned, fetched, verified, unpacked and found. Pure Java. */
module io.github.llamacpp4j.natives {
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.natives;
}
