package io.github.llamacpp4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GgufExceptionTest {

    @Test
    void messageNamesTheOffset() {
        assertThat(new GgufException(12, "bad magic")).hasMessage("at byte 12: bad magic");
    }
}
