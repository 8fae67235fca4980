/** The C interface of llama.cpp as Java: generated bindings, native handles, library loading. For our own modules only. */
@SuppressWarnings("module") // the modules above this one are not on its module path
module io.github.llamacpp4j.ffi {
    requires transitive io.github.llamacpp4j.natives;
    requires static transitive org.jspecify;

    exports io.github.llamacpp4j.ffi to
            io.github.llamacpp4j.model;
    exports io.github.llamacpp4j.ffi.generated to
            io.github.llamacpp4j.model;
}
