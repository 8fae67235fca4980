package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Pooling;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code of {@code docs/embeddings.md}. */
class EmbeddingDocsIT {

    @Test
    void aFewTextsAreCompared() {
        Path file = TestModels.miniLm();
        // docs:start
        try (Model model = Model.load(file);
                Embedder embedder = Embedder.open(model)) {
            List<Embedding> texts = embedder.embed(List.of("A cat naps.", "A kitten sleeps.", "Rates rose."));
            double near = texts.get(0).cosine(texts.get(1));
            double far = texts.get(0).cosine(texts.get(2));
            // docs:end
            assertThat(near).isGreaterThan(0.5);
            assertThat(far).isLessThan(0.3);
        }
    }

    @Test
    void optionsAreSet() {
        // docs:options
        EmbedderOptions options = EmbedderOptions.builder()
                .prefixes(InstructionPrefixes.E5)
                .longTexts(LongTextPolicy.TRUNCATE)
                .pooling(Pooling.MEAN)
                .threads(1)
                .build();
        // docs:end
        assertThat(options.longTexts()).isEqualTo(LongTextPolicy.TRUNCATE);
    }

    @Test
    void manyTextsAreStreamed() {
        Path file = TestModels.miniLm();
        Stream<String> lines = Stream.iterate(0, i -> i + 1).limit(300).map(i -> "cat " + i);
        long tokens = 0;
        try (Model model = Model.load(file);
                Embedder embedder = Embedder.open(
                        model, EmbedderOptions.builder().threads(1).build())) {
            // docs:stream
            try (EmbeddingStream vectors = embedder.stream(lines, TextRole.DOCUMENT)) {
                while (vectors.hasNext()) {
                    tokens += vectors.next().tokens();
                }
            }
            // docs:end
        }
        assertThat(tokens).isGreaterThanOrEqualTo(300 * 4);
    }

    @Test
    void documentsAreRanked() {
        Path file = TestModels.tinychat();
        YesNoPrompt prompt = new YesNoPrompt("{query} {document}", "1", "2");
        // docs:rerank
        try (Model model = Model.load(file);
                Reranker reranker = Reranker.open(
                        model, RerankerOptions.builder().prompt(prompt).build())) {
            List<RankedDocument> ranked = reranker.rank("Where is Oslo?", List.of("In Norway.", "Cats sleep."));
            // docs:end
            assertThat(ranked).hasSize(2);
        }
    }
}
