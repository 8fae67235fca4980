package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.engine.embedding.EmbedderClosedException;
import io.github.llamacpp4j.engine.embedding.Embedding;
import io.github.llamacpp4j.engine.embedding.EmbeddingStream;
import io.github.llamacpp4j.engine.embedding.ModelKind;
import io.github.llamacpp4j.engine.embedding.ModelKindException;
import io.github.llamacpp4j.engine.embedding.RankedDocument;
import io.github.llamacpp4j.engine.embedding.TokenEmbeddings;
import io.github.llamacpp4j.engine.embedding.YesNoPrompt;
import io.github.llamacpp4j.model.Pooling;
import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyBert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaRetrievalIT {

    private static final List<String> TEXTS = List.of("the cat sat on the mat", "a dog ran fast", "hello world");

    @TempDir
    static Path folder;

    private static LlamaOptions.Builder oneThread() {
        return LlamaOptions.builder()
                .context(context -> context.contextSize(1024).threads(1).batchThreads(1));
    }

    private static Llama embeddingModel() {
        return Llama.load(
                TinyBert.writeTo(folder.resolve("bert.gguf")), oneThread().build());
    }

    private static Llama rankingModel() {
        return Llama.load(
                TinyBert.crossEncoder(1).writeTo(folder.resolve("cross.gguf")),
                oneThread().build());
    }

    @Test
    void anEmbeddingModelGivesVectorsOfLengthOneAndWritesNoText() {
        try (Llama llama = embeddingModel()) {
            assertThat(llama.retrievalBytes()).isZero();
            Embedding one = llama.embed("hello world");
            assertThat(llama.retrievalBytes()).isPositive();
            assertThat(one.dot(one)).isCloseTo(1, within(1e-5));
            List<Embedding> all = llama.embed(TEXTS);
            assertThat(all).hasSize(3);
            assertThat(all.get(2).cosine(one)).isGreaterThan(0.99999);
            assertThat(llama.embed(List.of())).isEmpty();
            assertThat(llama.embedder().options().threads()).isEqualTo(1);
            assertThatThrownBy(() -> llama.generate("hello"))
                    .isInstanceOfSatisfying(
                            ModelKindException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ModelKind.EMBEDDING))
                    .hasMessageContaining("embed");
            assertThatThrownBy(() -> llama.rerank("hello", TEXTS)).isInstanceOf(ModelKindException.class);
        }
    }

    @Test
    void textsAndTokensBecomeVectors() {
        Path file = TestModels.miniLm();
        // docs:llama
        try (Llama llama = Llama.load(file)) {
            float[] vector = llama.embed("A cat naps.").vector();
            List<Embedding> all = llama.embed(List.of("A kitten sleeps.", "Rates rose."));
            TokenEmbeddings each = llama.embedTokens("A cat naps.");
            // docs:end
            assertThat(Embedding.of(vector).cosine(all.get(0))).isGreaterThan(0.5);
            assertThat(each.size()).isGreaterThan(4);
        }
    }

    @Test
    void tokensHaveVectorsBesideThoseOfTheirText() {
        try (Llama llama = embeddingModel()) {
            TokenEmbeddings tokens = llama.embedTokens("hello world");
            assertThat(tokens.size()).isEqualTo(llama.embed("hello world").tokens());
            assertThat(tokens.dimensions()).isEqualTo(TinyBert.EMBEDDING_SIZE);
        }
    }

    @Test
    void anyNumberOfTextsStreamsThrough() {
        Stream<String> texts = IntStream.range(0, 700).mapToObj(i -> "cat " + i);
        try (Llama llama = embeddingModel();
                EmbeddingStream stream = llama.streamEmbeddings(texts)) {
            assertThat(stream.stream()).hasSize(700);
        }
    }

    @Test
    void aRankingModelOrdersDocumentsAndGivesNoVectors() {
        try (Llama llama = rankingModel()) {
            List<RankedDocument> ranked = llama.rerank("hello dog", TEXTS);
            assertThat(ranked.stream().map(RankedDocument::index)).containsExactlyInAnyOrder(0, 1, 2);
            assertThat(ranked.getFirst().score())
                    .isGreaterThanOrEqualTo(ranked.getLast().score());
            assertThat(llama.retrievalBytes()).isPositive();
            assertThatThrownBy(() -> llama.embed("hello"))
                    .isInstanceOf(ModelKindException.class)
                    .hasMessageContaining("rerank");
            assertThatThrownBy(() -> llama.chat("hello")).isInstanceOf(ModelKindException.class);
            assertThatThrownBy(llama::engine).isInstanceOf(ModelKindException.class);
        }
    }

    @Test
    void aGenerativeModelEmbedsWhileItWrites() throws Exception {
        LlamaOptions options = oneThread()
                .embedding(embedding -> embedding.pooling(Pooling.LAST))
                .reranking(reranking -> reranking.prompt(new YesNoPrompt("{query} {document}", "1", "2")))
                .build();
        try (Llama llama = Llama.load(TestModels.tinychat(), options);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            String expected = llama.generate(
                            "Once upon a time", o -> o.temperature(0).maxTokens(24))
                    .text();
            List<Future<String>> written = new ArrayList<>();
            List<Future<Embedding>> embedded = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                written.add(callers.submit(() -> llama.generate(
                                "Once upon a time", o -> o.temperature(0).maxTokens(24))
                        .text()));
                embedded.add(callers.submit(() -> llama.embed("Paris")));
            }
            for (int i = 0; i < 4; i++) {
                assertThat(written.get(i).get()).isEqualTo(expected);
                assertThat(embedded.get(i).get().cosine(embedded.get(0).get())).isGreaterThan(0.9999);
            }
            assertThat(llama.embedder().pooling()).isEqualTo(Pooling.LAST);
            assertThat(llama.rerank("Paris", List.of("a", "b"))).hasSize(2);
        }
    }

    @Test
    void afterCloseNothingIsMadeAnew() {
        Llama unused = embeddingModel();
        unused.close();
        assertThatThrownBy(() -> unused.embed("hello"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        Llama used = embeddingModel();
        try (EmbeddingStream stream = used.streamEmbeddings(Stream.generate(() -> "hello"))) {
            stream.next();
            used.close();
            assertThatThrownBy(() -> {
                        while (true) {
                            stream.next();
                        }
                    })
                    .isInstanceOf(EmbedderClosedException.class);
        }
    }
}
