package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativePinsTest {

    @ParameterizedTest
    @EnumSource
    void everyPlatformHasACompletePin(NativePlatform platform) {
        NativePin pin = NativePins.load().defaultFor(platform);
        assertThat(pin.packageName()).startsWith("@node-llama-cpp/" + platform.id());
        assertThat(pin.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(pin.release()).isIn("v0.4.0", "v0.5.0");
        assertThat(pin.packageBytes()).isGreaterThan(1_000_000);
        assertThat(pin.integrity()).startsWith("sha512-");
        assertThat(Base64.getDecoder().decode(pin.integrity().substring("sha512-".length())))
                .hasSize(64);
    }

    @Test
    void anUnknownBackendIsToldWhatThereIs() {
        assertThatThrownBy(() -> NativePins.load().find(NativePlatform.LINUX_X64, "tpu"))
                .isInstanceOf(NativeSetException.class)
                .hasMessage("There is no prebuilt \"tpu\" set for linux-x64; there is cpu.");
    }

    @Test
    void aTableWithoutAKeyNamesTheKey() {
        assertThatThrownBy(() -> NativePins.read(new StringReader("linux-x64.backends=cpu")))
                .hasMessage("natives.properties lacks linux-x64.cpu.release");
    }
}
