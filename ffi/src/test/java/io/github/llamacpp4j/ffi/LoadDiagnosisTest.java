package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.natives.NativePlatform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadDiagnosisTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "libgomp.so.1: cannot open shared object file: No such file or directory | libgomp1",
                "libstdc++.so.6: cannot open shared object file: No such file or directory | libstdc++6",
                "libcublas.so.13: cannot open shared object file: No such file or directory | It needs libcublas.so.13",
                "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by x) | expected GLIBC_2.34",
                "/usr/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found | expected GLIBCXX_3.4.29",
                "libllama.so: undefined symbol: ggml_foo | found one without ggml_foo",
                "cannot restore segment prot after reloc: Permission denied | SELinux",
            })
    void whatLinuxSaysBecomesARemedy(String reason, String remedy) {
        assertThat(new LoadDiagnosis(NativePlatform.LINUX_X64)
                        .refused(Path.of("/natives/libllama.so"), reason)
                        .getMessage())
                .startsWith("The library " + Path.of("/natives/libllama.so") + " could not be loaded: " + reason)
                .contains(remedy);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Library not loaded: @rpath/libggml-base.dylib Reason: tried ... | It needs libggml-base.dylib",
                "code signature in <1> not valid for use in process | xattr -dr com.apple.quarantine",
            })
    void whatMacOsSaysBecomesARemedy(String reason, String remedy) {
        assertThat(new LoadDiagnosis(NativePlatform.MAC_ARM64).remedy(directory.resolve("libllama.dylib"), reason))
                .contains(remedy);
    }

    @Test
    void windowsDoesNotSayWhichLibraryIsMissingSoAllAreNamed() throws IOException {
        Path library = Files.writeString(directory.resolve("llama.dll"), "not really");
        assertThat(new LoadDiagnosis(NativePlatform.WIN_X64).remedy(library, "Can't find dependent libraries"))
                .contains("VCRUNTIME140.dll", "Visual C++ Redistributable");
    }

    @Test
    void textIsQuotedAndDataIsNot() throws IOException {
        LoadDiagnosis diagnosis = new LoadDiagnosis(NativePlatform.LINUX_X64);
        Path text = Files.writeString(directory.resolve("text.so"), "<html>\nmoved");
        Path empty = Files.createFile(directory.resolve("empty.so"));
        Path data = Files.write(directory.resolve("data.so"), new byte[] {1, 2, 3, 4, 5});
        assertThatThrownBy(() -> diagnosis.requireLoadable(text))
                .hasMessageContaining("text that starts with \"<html>\"");
        assertThatThrownBy(() -> diagnosis.requireLoadable(empty)).hasMessageContaining("found an empty file");
        assertThatThrownBy(() -> diagnosis.requireLoadable(data)).hasMessageContaining("found other data");
    }
}
