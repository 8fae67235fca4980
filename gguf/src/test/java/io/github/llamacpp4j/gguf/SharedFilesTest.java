package io.github.llamacpp4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads the files of the shared corpora, where they are present. */
class SharedFilesTest {

    private static final Map<String, Integer> VOCABULARY_SIZES = Map.of(
            "llama-spm", 32_000,
            "gpt-2", 50_257,
            "llama-bpe", 128_256,
            "deepseek-coder", 32_256,
            "bert-bge", 30_522,
            "nomic-bert-moe", 250_048);

    @Test
    void vocabulariesAreReadWhole() {
        Path tokenizers = shared().resolve("tokenizers");
        VOCABULARY_SIZES.forEach((name, size) -> {
            GgufFile file = GgufFile.read(tokenizers.resolve("ggml-vocab-" + name + ".gguf"));
            List<String> tokens = file.metadata().strings("tokenizer.ggml.tokens");
            assertThat(tokens).as(name).hasSize(size);
            assertThat(file.tensors()).isEmpty();
        });
    }

    @Test
    void everySharedModelIsReadAndItsTensorsFillTheFile() throws IOException {
        try (Stream<Path> files = Files.walk(shared().resolve("models"))) {
            List<Path> models =
                    files.filter(p -> p.toString().endsWith(".gguf")).toList();
            assertThat(models).isNotEmpty();
            for (Path model : models) {
                GgufFile file = GgufFile.read(model);
                GgufTensor last = file.tensors().getLast();
                long end = GgufReader.padded(last.offset() + last.sizeBytes(), file.alignmentBytes());
                assertThat(file.dataOffset() + end).as(model.toString()).isEqualTo(Files.size(model));
            }
        }
    }

    private static Path shared() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared"))) {
            folder = folder.getParent();
        }
        assumeTrue(folder != null, "skipped: no folder 'shared' above the working directory");
        return folder.resolve("shared");
    }
}
