package io.github.llamacpp4j.engine.embedding;

import io.github.llamacpp4j.model.Model;
import java.nio.file.Path;

/** Runs every {@link EmbeddingMisuse} in this JVM, then proves that it still computes. */
final class EmbeddingMisuseMain {

    private EmbeddingMisuseMain() {}

    /**
     * Runs them all.
     *
     * @param arguments an embedding model and a generative one
     */
    public static void main(String[] arguments) {
        try (Model bert = Model.load(Path.of(arguments[0]));
                Model chat = Model.load(Path.of(arguments[1]))) {
            for (EmbeddingMisuse misuse : EmbeddingMisuse.values()) {
                System.out.println(misuse + ": " + misuse.outcome(bert, chat));
            }
            try (Embedder embedder = Embedder.open(
                    bert, EmbedderOptions.builder().threads(1).contexts(1).build())) {
                System.out.println("alive: " + embedder.embed("cat").tokens());
            }
        }
    }
}
