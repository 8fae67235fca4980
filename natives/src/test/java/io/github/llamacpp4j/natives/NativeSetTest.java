package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeSetTest {

    @TempDir
    Path directory;

    private void files(String... names) throws IOException {
        for (String name : names) {
            Files.createFile(directory.resolve(name));
        }
    }

    private NativeSet set() {
        return NativeSet.in(directory, NativeSet.Origin.EXPLICIT);
    }

    @ParameterizedTest
    @CsvSource({
        "libggml-base.so, libggml.v0.5.0.so, libllama.v0.5.0.so, libggml-cpu-haswell.so, v0.5.0",
        "libggml-base.so, libggml.vulkan.v0.5.0.so, libllama.vulkan.v0.5.0.so, libggml-vulkan.so, v0.5.0",
        "libggml-base.dylib, libggml.metal.v0.4.0.dylib, libllama.metal.v0.4.0.dylib, libggml-cpu-apple_m2_m3.so, v0.4.0",
        "ggml-base.dll, ggml.v0.4.0.dll, llama.v0.4.0.dll, ggml-cpu-zen4.dll, v0.4.0",
        "libggml-base.so, libggml.so, libllama.so, libggml-cpu.so,",
        "libggml-base.0.25.1.dylib, libggml.0.25.1.dylib, libllama.0.5.0.dylib, libggml-cpu.dylib,",
        "ggml-base.dll, ggml.dll, llama.dll, ggml-cpu.dll,",
    })
    void knowsTheNamesOfEveryPlatform(String base, String ggml, String llama, String backend, String release)
            throws IOException {
        files(base, ggml, llama, backend, "README", "libllama-common.so", "libmtmd.so", "llama-bench");
        NativeSet set = set();
        assertThat(set.base()).isEqualTo(directory.resolve(base));
        assertThat(set.ggml()).isEqualTo(directory.resolve(ggml));
        assertThat(set.llama()).isEqualTo(directory.resolve(llama));
        assertThat(set.backends()).containsExactly(directory.resolve(backend));
        assertThat(set.release().orElse(null)).isEqualTo(release);
        assertThat(set.manifest()).isEmpty();
    }

    @Test
    void theVersionedNamesOfABuildAreOneLibrary() throws IOException {
        for (String library : new String[] {"libggml-base", "libggml", "libllama"}) {
            files(library + ".so.0.25.1");
            Files.createSymbolicLink(directory.resolve(library + ".so.0"), Path.of(library + ".so.0.25.1"));
            Files.createSymbolicLink(directory.resolve(library + ".so"), Path.of(library + ".so.0"));
        }
        assertThat(set().llama()).isEqualTo(directory.resolve("libllama.so"));
    }

    @Test
    void copiesUnderVersionedNamesCountAsOneLibraryToo() throws IOException {
        files("libggml-base.so", "libggml-base.so.0", "libggml.so", "libggml.so.0", "libllama.so", "libllama.so.0.5.0");
        assertThat(set().ggml()).isEqualTo(directory.resolve("libggml.so"));
    }

    @Test
    void twoReleasesInOneDirectoryAreRefused() throws IOException {
        files("libggml-base.so", "libggml.v0.5.0.so", "libllama.v0.4.0.so", "libllama.v0.5.0.so");
        assertThatThrownBy(this::set)
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll("more than one llama library", "libllama.v0.4.0.so", "libllama.v0.5.0.so");
    }

    @Test
    void aLinkBesideTheReleaseIsTheSameLibrary() throws IOException {
        files("libggml-base.so", "libggml.v0.5.0.so", "libllama.v0.5.0.so");
        Files.createSymbolicLink(directory.resolve("libllama.so"), Path.of("libllama.v0.5.0.so"));
        assertThat(set().llama()).isEqualTo(directory.resolve("libllama.so"));
    }

    @Test
    void aMissingDirectoryIsNamedWithTheRemedy() {
        assertThatThrownBy(() -> NativeSet.in(directory.resolve("absent"), NativeSet.Origin.SETTING))
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(
                        directory.resolve("absent").toString(),
                        "does not exist",
                        "LLAMACPP4J_NATIVE_DIR",
                        "llamacpp4j natives install");
    }

    @Test
    void aFileIsNoDirectory() throws IOException {
        files("file");
        assertThatThrownBy(() -> NativeSet.in(directory.resolve("file"), NativeSet.Origin.EXPLICIT))
                .hasMessageContaining("is not a directory");
    }

    @Test
    void aDirectoryWithoutALibrarySaysWhichIsMissing() throws IOException {
        files("libggml-base.so", "libllama.v0.5.0.so");
        assertThatThrownBy(this::set)
                .isInstanceOf(NativeSetException.class)
                .hasMessageContainingAll(directory.toString(), "has no ggml library", "not a llama.cpp native set");
    }
}
