package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.ffi.generated.ggml_abort_callback;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AbortFlagTest {

    private final AbortFlag flag = new AbortFlag();

    @Test
    void aNewFlagLetsComputationsGoOn() {
        assertThat(flag.isRaised()).isFalse();
        assertThat(seenByC()).isFalse();
    }

    @Test
    void cSeesTheFlagRaisedAndLowered() {
        flag.raise();
        flag.raise();
        assertThat(flag.isRaised()).isTrue();
        assertThat(seenByC()).isTrue();

        flag.lower();
        assertThat(flag.isRaised()).isFalse();
        assertThat(seenByC()).isFalse();
    }

    @Test
    void flagsAreIndependent() {
        new AbortFlag().raise();

        assertThat(seenByC()).isFalse();
    }

    @Test
    void aThreadThatAsksSeesWhatAnotherRaises() throws InterruptedException {
        Thread asking = Thread.ofPlatform().start(() -> {
            while (!seenByC()) {
                Thread.onSpinWait();
            }
        });

        flag.raise();

        assertThat(asking.join(Duration.ofSeconds(10))).isTrue();
    }

    private boolean seenByC() {
        return ggml_abort_callback.invoke(flag.callback(), flag.data());
    }
}
