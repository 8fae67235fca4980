package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryFileTest {

    @TempDir
    Path directory;

    private Optional<LibraryFile> read(byte[] bytes) throws IOException {
        return LibraryFile.read(Files.write(directory.resolve("library"), bytes));
    }

    private static byte[] elf(int machine) {
        ByteBuffer file = ByteBuffer.allocate(640).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464c457f).put(4, (byte) 2).putShort(18, (short) machine);
        file.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 2);
        file.putInt(64, 1).putLong(72, 0).putLong(80, 0x1000).putLong(96, 640);
        file.putInt(120, 2).putLong(128, 200).putLong(136, 0x10c8).putLong(152, 48);
        file.putLong(200, 1).putLong(208, 3);
        file.putLong(216, 5).putLong(224, 0x1000 + 300);
        file.put(303, "libc.so.6\0".getBytes(StandardCharsets.US_ASCII));
        return file.array();
    }

    private static byte[] machO() {
        ByteBuffer file = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0xfeedfacf).putInt(4, 0x0100000c).putInt(16, 2).putInt(20, 72 + 56);
        file.putInt(32, 0x19).putInt(36, 72).putLong(72, 0).putLong(80, 400);
        file.putInt(104, 0xc).putInt(108, 56).putInt(112, 24);
        file.put(128, "@rpath/libggml-base.dylib\0".getBytes(StandardCharsets.US_ASCII));
        return file.array();
    }

    private static byte[] pe() {
        ByteBuffer file = ByteBuffer.allocate(0x400).order(ByteOrder.LITTLE_ENDIAN);
        file.putShort(0, (short) 0x5a4d).putInt(0x3c, 0x80);
        file.putInt(0x80, 0x4550)
                .putShort(0x84, (short) 0xaa64)
                .putShort(0x86, (short) 1)
                .putShort(0x94, (short) 240);
        file.putInt(0x98 + 120, 0x2000);
        int section = 0x98 + 240;
        file.putInt(section + 12, 0x2000).putInt(section + 16, 0x200).putInt(section + 20, 0x200);
        file.putInt(0x200 + 12, 0x2040);
        file.put(0x240, "VCRUNTIME140.dll\0".getBytes(StandardCharsets.US_ASCII));
        return file.array();
    }

    @Test
    void elfTellsProcessorLengthAndDependencies() throws IOException {
        assertThat(read(elf(62)).orElseThrow())
                .isEqualTo(new LibraryFile(LibraryFormat.ELF, Architecture.X64, 640, 640, List.of("libc.so.6")));
        assertThat(read(elf(183)).orElseThrow().architecture()).isEqualTo(Architecture.ARM64);
        assertThat(read(elf(243)).orElseThrow().architecture()).isEqualTo(Architecture.OTHER);
    }

    @Test
    void machOTellsProcessorLengthAndDependencies() throws IOException {
        assertThat(read(machO()).orElseThrow())
                .isEqualTo(new LibraryFile(
                        LibraryFormat.MACH_O, Architecture.ARM64, 400, 400, List.of("@rpath/libggml-base.dylib")));
    }

    @Test
    void peTellsProcessorLengthAndDependencies() throws IOException {
        assertThat(read(pe()).orElseThrow())
                .isEqualTo(new LibraryFile(
                        LibraryFormat.PE, Architecture.ARM64, 0x400, 0x400, List.of("VCRUNTIME140.dll")));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 30, 63, 64, 70, 100, 119, 200, 399, 639})
    void everyCutIsSeen(int length) throws IOException {
        assertThat(read(Arrays.copyOf(elf(62), length)).orElseThrow().truncated())
                .isTrue();
        if (length < 400) {
            assertThat(read(Arrays.copyOf(machO(), length)).orElseThrow().truncated())
                    .isTrue();
            assertThat(read(Arrays.copyOf(pe(), length)).orElseThrow().truncated())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "abc", "#!/bin/sh\necho hello\n", "GROUP ( libllama.so.0 )", "MZ is how this text starts"})
    void textIsNoLibrary(String text) throws IOException {
        Optional<LibraryFile> library = read(text.getBytes(StandardCharsets.UTF_8));
        assertThat(library.filter(file -> !file.truncated())).isEmpty();
    }

    @Test
    void anyByteMayBeWrong() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            for (byte[] good : new byte[][] {elf(62), machO(), pe()}) {
                byte[] bad = good.clone();
                for (int flip = 0; flip < 4; flip++) {
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt();
                }
                read(bad).ifPresent(file -> assertThat(file.dependencies()).hasSizeLessThanOrEqualTo(4096));
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsARealLibraryAndTheInterpreterOfThisJava() throws IOException {
        Path library = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        LibraryFile file = LibraryFile.read(library).orElseThrow();
        assertThat(file.architecture()).isEqualTo(NativePlatform.current().architecture());
        assertThat(file.truncated()).isFalse();
        assertThat(file.dependencies()).contains("libjvm.so", "libc.so.6");
        assertThat(LibraryFile.interpreter(Path.of("/proc/self/exe")).orElseThrow())
                .contains("ld-linux");
    }
}
