package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyBert;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingCrashIT {

    @TempDir
    static Path folder;

    @Test
    void nothingInTheCatalogueEndsTheProcess() {
        String bert = TinyBert.writeTo(folder.resolve("bert.gguf")).toString();
        assertThat(ForkedJvm.of(EmbeddingMisuseMain.class)
                        .arguments(bert, TestModels.tinychat().toString())
                        .timeout(Duration.ofMinutes(5))
                        .run()
                        .assertSucceeded()
                        .stdout()
                        .lines())
                .containsExactlyElementsOf(Stream.concat(
                                Arrays.stream(EmbeddingMisuse.values()).map(misuse -> misuse + ": as expected"),
                                Stream.of("alive: 3"))
                        .toList());
    }
}
