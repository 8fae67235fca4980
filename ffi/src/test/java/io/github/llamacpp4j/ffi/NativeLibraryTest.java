package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.ffi.generated.LlamaH;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    private static final String NOT_LOADED =
            "no native library is loaded: load one before calling a function of llama.cpp";

    @Test
    void aCallBeforeAnyLibraryIsLoadedSaysSo() {
        assertThatThrownBy(NativeLibrary::lookup)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(NOT_LOADED);
        assertThatThrownBy(LlamaH::llama_backend_init)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(NOT_LOADED);
    }
}
