package io.github.llamacpp4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GgufExceptionTest {

    @Test
    void messageNamesTheSourceAndTheOffset() {
        GgufException e = new GgufException("a.gguf", 12, "bad magic");

        assertThat(e).hasMessage("a.gguf: at byte 12: bad magic");
        assertThat(e.offset()).hasValue(12);
    }

    @Test
    void aFaultWithoutAPlaceHasNoOffset() {
        assertThat(new GgufException("no such file").offset()).isEmpty();
    }
}
