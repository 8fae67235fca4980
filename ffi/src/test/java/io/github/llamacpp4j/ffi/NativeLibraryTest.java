package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.ffi.generated.LlamaH;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    @Test
    void aCallBeforeAnyLibraryIsLoadedSaysSo() {
        assertThatThrownBy(NativeLibrary::lookup)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no native library is loaded: load one before calling a function of llama.cpp");
        assertThatThrownBy(LlamaH::llama_backend_init)
                .isInstanceOf(ExceptionInInitializerError.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
