package io.github.llamacpp4j.benchmarks;

import io.github.llamacpp4j.engine.embedding.Embedder;
import io.github.llamacpp4j.engine.embedding.EmbedderOptions;
import io.github.llamacpp4j.model.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Embeds in this JVM. */
final class LibraryTarget implements EmbeddingTarget {
    private final Model model;
    private final Embedder embedder;

    LibraryTarget(Path file, int threads, int batchTokens) {
        model = Model.load(located(file));
        embedder = Embedder.open(
                model,
                EmbedderOptions.builder()
                        .threads(threads)
                        .batchTokens(batchTokens)
                        .build());
    }

    /** A relative path counts from the working directory or one above it. */
    private static Path located(Path file) {
        for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
            if (Files.exists(dir.resolve(file))) {
                return dir.resolve(file);
            }
        }
        return file;
    }

    @Override
    public void embed(List<String> texts) {
        if (embedder.embed(texts).size() != texts.size()) {
            throw new IllegalStateException("not every text was embedded");
        }
    }

    @Override
    public void close() {
        embedder.close();
        model.close();
    }
}
