package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Repeats what the generator and a C compiler once said, where their tools and llama.cpp's headers are at hand: the source
 * tree that {@code LLAMA_CPP_SOURCE} names, or the one that the reference build keeps.
 */
class GeneratorIT {
    private static final Path SOURCE = Path.of(Optional.ofNullable(System.getenv("LLAMA_CPP_SOURCE"))
            .orElse(System.getProperty("user.home") + "/.cache/llamacpp4j/reference/llama.cpp"));

    @TempDir
    Path folder;

    @BeforeEach
    void needHeaders() {
        assumeTrue(
                Files.isRegularFile(SOURCE.resolve("include/llama.h")),
                "skipped: no llama.cpp source at " + SOURCE + " (set LLAMA_CPP_SOURCE)");
    }

    @Test
    void theCompilerStillSaysWhatTheTableSays() throws Exception {
        needPrograms("cc");
        Path program = folder.resolve("layouts.c");
        Path binary = folder.resolve("layouts");
        Files.writeString(program, CompilerLayouts.text("generated/layouts.c"));

        run(
                "cc",
                "-I" + SOURCE.resolve("include"),
                "-I" + SOURCE.resolve("ggml/include"),
                "-o",
                binary.toString(),
                program.toString());

        assertThat(run(binary.toString())).isEqualTo(CompilerLayouts.text("generated/layouts.tsv"));
    }

    @Test
    void theCheckedInSourcesAreWhatTheGeneratorWrites() throws Exception {
        needPrograms("cc", "clang", "python3");
        assumeTrue(
                exitCode("python3", "-c", "import tomllib") == 0, "skipped: the generator needs Python 3.11 or newer");

        run("python3", "generator/generate.py", "--check", SOURCE.toString());
    }

    private static void needPrograms(String... programs) {
        for (String program : programs) {
            boolean found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                    .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
            assumeTrue(found, "skipped: no " + program + " on the PATH");
        }
    }

    private int exitCode(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start()
                .waitFor();
    }

    private String run(String... command) throws IOException, InterruptedException {
        int exit = exitCode(command);
        String output = Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
        assertThat(exit).as("%s: %s", List.of(command), output).isZero();
        return output;
    }
}
