package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.ForkedResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every known way to bring llama.cpp down ends in an exception, and the JVM goes on computing. All of them run one after
 * another in one JVM of their own: the first that kills it fails, and so do those behind it.
 */
class CrashCatalogueIT {

    @SuppressWarnings("NullAway.Init")
    private static ForkedResult result;

    @BeforeAll
    static void commitAll(@TempDir Path folder) {
        String[] arguments = Stream.concat(
                        Stream.of(folder.toString()),
                        Arrays.stream(Misuse.values()).map(Enum::name))
                .toArray(String[]::new);
        result = ForkedJvm.of(MisuseMain.class)
                .arguments(arguments)
                .environment("GGML_NO_BACKTRACE", "1")
                .timeout(Duration.ofMinutes(5))
                .run();
    }

    @ParameterizedTest
    @EnumSource
    void isRefused(Misuse misuse) {
        assertThat(result.stdout().lines().filter(line -> line.startsWith("end " + misuse + " ")))
                .as(result.toString())
                .containsExactly("end " + misuse + " refused");
    }

    @Test
    void theJvmIsAliveAfterAll() {
        result.assertSucceeded();
        assertThat(result.stdout()).endsWith("alive" + System.lineSeparator());
    }
}
