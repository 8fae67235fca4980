package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativePlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, LINUX_X64",
        "Linux, aarch64, LINUX_ARM64",
        "Mac OS X, aarch64, MAC_ARM64",
        "Mac OS X, x86_64, MAC_X64",
        "Windows 11, amd64, WIN_X64",
        "Windows Server 2025, aarch64, WIN_ARM64",
    })
    void namesOfJavaBecomePlatforms(String os, String architecture, NativePlatform expected) {
        assertThat(NativePlatform.of(os, architecture)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"Linux, riscv64", "FreeBSD, amd64", "Linux, x86"})
    void otherMachinesAreToldWhatThereIs(String os, String architecture) {
        assertThatThrownBy(() -> NativePlatform.of(os, architecture))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(os, architecture, "linux-x64", "win-arm64", "LLAMACPP4J_NATIVE_DIR");
    }

    @Test
    void muslIsRefusedBeforeAnythingIsLoaded() {
        assertThatThrownBy(() -> NativePlatform.requireGlibc(Optional.of("/lib/ld-musl-x86_64.so.1")))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll("musl", "/lib/ld-musl-x86_64.so.1", "glibc 2.34", "Debian 12");
        NativePlatform.requireGlibc(Optional.of("/lib64/ld-linux-x86-64.so.2"));
        NativePlatform.requireGlibc(Optional.empty());
    }

    @Test
    void anIdFindsItsPlatformAndAWrongOneListsAll() {
        for (NativePlatform platform : NativePlatform.values()) {
            assertThat(NativePlatform.byId(platform.id())).isEqualTo(platform);
        }
        assertThatThrownBy(() -> NativePlatform.byId("solaris"))
                .hasMessage("There is no platform \"solaris\"; the platforms are linux-x64, linux-arm64, mac-arm64,"
                        + " mac-x64, win-x64, win-arm64.");
    }
}
