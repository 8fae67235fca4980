package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;

/** The code of {@code docs/embeddings.md}. */
class LuceneExampleIT {

    private static final EmbedderOptions ONE_THREAD =
            EmbedderOptions.builder().threads(1).contexts(1).build();
    private static final List<String> TEXTS = List.of(
            "The cat sleeps on the sofa.",
            "Interest rates rose by a quarter of a point.",
            "The striker scored twice in the final.",
            "Bake the bread for forty minutes.");

    @Test
    void findsTheTextThatMeansTheSame() throws IOException {
        Path file = TestModels.miniLm();
        try (Model model = Model.load(file);
                Embedder embedder = Embedder.open(model, ONE_THREAD);
                Directory directory = new ByteBuffersDirectory()) {
            index(embedder, directory, TEXTS);
            assertThat(search(embedder, directory, "a kitten naps on the couch", 1))
                    .containsExactly("The cat sleeps on the sofa.");
            assertThat(search(embedder, directory, "goals in a football match", 1))
                    .containsExactly("The striker scored twice in the final.");
            assertThat(search(embedder, directory, "central bank", 4))
                    .hasSize(4)
                    .startsWith("Interest rates rose by a quarter of a point.");
        }
    }

    // docs:index
    static void index(Embedder embedder, Directory directory, List<String> texts) throws IOException {
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig());
                EmbeddingStream vectors = embedder.stream(texts.iterator(), TextRole.DOCUMENT)) {
            for (String text : texts) {
                Document document = new Document();
                document.add(new StoredField("text", text));
                document.add(new KnnFloatVectorField(
                        "vector", vectors.next().vector(), VectorSimilarityFunction.DOT_PRODUCT));
                writer.addDocument(document);
            }
        }
    }
    // docs:end

    // docs:search
    static List<String> search(Embedder embedder, Directory directory, String query, int count) throws IOException {
        float[] vector = embedder.embed(query, TextRole.QUERY).vector();
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            List<String> texts = new ArrayList<>();
            for (ScoreDoc hit : searcher.search(new KnnFloatVectorQuery("vector", vector, count), count).scoreDocs) {
                texts.add(searcher.storedFields().document(hit.doc).get("text"));
            }
            return texts;
        }
    }
    // docs:end
}
