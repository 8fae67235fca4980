package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.model.Pooling;
import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyBert;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpIT {

    private static final Duration LIMIT = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private static LlamaOptions.Builder oneThread() {
        return LlamaOptions.builder()
                .context(context -> context.contextSize(1024).threads(1).batchThreads(1));
    }

    /** What a person is told meanwhile. */
    private static String warmUp(Llama llama, LlamaOptions loading) throws InterruptedException {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        PrintStream lines = new PrintStream(told, true, UTF_8);
        WarmUp.run(llama, loading, LIMIT, new Terminal(InputStream.nullInputStream(), lines, lines, false));
        return told.toString(UTF_8);
    }

    @Test
    void theEngineHasNothingToDoWithItAndTheModelStaysOpen() throws Exception {
        LlamaOptions options = oneThread().build();
        try (Llama llama = Llama.load(TestModels.tinychat(), options)) {
            EngineStats before = llama.engine().stats();
            assertThat(warmUp(llama, options)).isEmpty();
            assertThat(llama.engine().stats()).isEqualTo(before);
            assertThat(llama.generate("Once upon a time", generation -> generation.maxTokens(2))
                            .text())
                    .isNotEmpty();
        }
    }

    @Test
    void vectorsAndRanksAreComputedBeforehand() throws Exception {
        LlamaOptions options = oneThread().build();
        for (Path file : new Path[] {
            TinyBert.writeTo(folder.resolve("bert.gguf")),
            TinyBert.crossEncoder(1).writeTo(folder.resolve("cross.gguf"))
        }) {
            try (Llama llama = Llama.load(file, options)) {
                assertThat(warmUp(llama, options)).isEmpty();
                assertThat(llama.retrievalBytes()).as(file.toString()).isPositive();
            }
        }
    }

    @Test
    void thatItCannotBeDoneIsToldInALine() throws Exception {
        LlamaOptions impossible = oneThread()
                .context(context -> context.embeddings(true).pooling(Pooling.MEAN))
                .build();
        try (Llama llama = Llama.load(TestModels.tinychat(), oneThread().build())) {
            assertThat(warmUp(llama, impossible))
                    .startsWith("not warmed up, the first requests will take longer: ")
                    .hasLineCount(1);
            assertThat(llama.engine().stats().steps()).isZero();
        }
    }
}
