package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Pooling;
import io.github.llamacpp4j.testkit.base.ProcessMemory;
import io.github.llamacpp4j.testkit.base.SharedCorpora;
import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyBert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EmbedderIT {

    @TempDir
    static Path folder;

    private static EmbedderOptions.Builder oneThread() {
        return EmbedderOptions.builder().threads(1).contexts(1);
    }

    private static Model tinyBert() {
        return Model.load(TinyBert.writeTo(folder.resolve("bert.gguf")));
    }

    @ParameterizedTest
    @CsvSource({"f16, 0.999", "q8_0, 0.997"})
    void miniLmGivesTheVectorsOfSentenceTransformers(String type, double cosine) {
        Path file = SharedCorpora.require("models/all-minilm/all-minilm-l6-v2-" + type + ".gguf");
        JsonNode reference = JsonMapper.shared()
                .readTree(SharedCorpora.require("models/all-minilm/minilm-reference.json")
                        .toFile());
        try (Model model = Model.load(file);
                Embedder embedder = Embedder.open(model, oneThread().build())) {
            assertThat(embedder.pooling()).isEqualTo(Pooling.MEAN);
            assertThat(embedder.size()).isEqualTo(reference.get("dimensions").asInt());
            List<String> texts = new ArrayList<>();
            reference.get("sentences").forEach(sentence -> texts.add(text(sentence)));
            List<Embedding> batched = embedder.embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                JsonNode sentence = reference.get("sentences").get(i);
                Embedding single = embedder.embed(texts.get(i));
                assertThat(single.cosine(Embedding.of(vector(sentence)))).isGreaterThanOrEqualTo(cosine);
                assertThat(batched.get(i).vector()).containsExactly(single.vector(), within(1e-4f));
                assertThat(single.dot(single)).isCloseTo(1, within(1e-5));
                assertThat(single.truncated()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"f16", "q8_0"})
    void aTextGetsTheSameVectorWhateverItIsBatchedWith(String type) {
        List<String> texts = IntStream.range(0, 90)
                .mapToObj(i -> i % 5 == 0
                        ? "Cat" + " sat".repeat(i / 9)
                        : "The cat number " + i + " sits" + " and looks".repeat(i * i % 97) + ".".repeat(i % 7))
                .toList();
        try (Model model = Model.load(SharedCorpora.require("models/all-minilm/all-minilm-l6-v2-" + type + ".gguf"));
                Embedder embedder = Embedder.open(model, oneThread().build());
                Embedder larger =
                        Embedder.open(model, oneThread().batchTokens(700).build())) {
            List<Embedding> batched = embedder.embed(texts);
            List<Embedding> together = larger.embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                float[] single = embedder.embed(texts.get(i)).vector();
                assertThat(batched.get(i).vector()).containsExactly(single, within(1e-6f));
                assertThat(together.get(i).vector()).containsExactly(single, within(1e-6f));
            }
        }
    }

    private static String text(JsonNode sentence) {
        return sentence.get("text").asString();
    }

    private static float[] vector(JsonNode sentence) {
        JsonNode numbers = sentence.get("vector");
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).floatValue();
        }
        return vector;
    }

    @Test
    void batchedEqualsSingleForManyShortAndLongTextsInSeveralContexts() {
        List<String> texts = IntStream.range(0, 300)
                .mapToObj(i -> "the cat sat on the mat ".repeat(1 + i % 9) + (char) ('a' + i % 26))
                .toList();
        try (Model model = tinyBert();
                Embedder single = Embedder.open(model, oneThread().batchTexts(1).build());
                Embedder packed = Embedder.open(
                        model, oneThread().contexts(2).batchTokens(100).build())) {
            List<Embedding> expected = single.embed(texts);
            List<Embedding> found = packed.embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(found.get(i).vector())
                        .containsExactly(expected.get(i).vector(), within(1e-4f));
                assertThat(found.get(i).tokens()).isEqualTo(expected.get(i).tokens());
            }
        }
    }

    @Test
    void emptyBlankAndBrokenTextsAreTexts() {
        try (Model model = tinyBert();
                Embedder embedder = Embedder.open(model, oneThread().build())) {
            assertThat(embedder.embed(List.of())).isEmpty();
            assertThat(embedder.embed("").tokens()).isEqualTo(2);
            assertThat(embedder.embed(" \t\n")).isEqualTo(embedder.embed(""));
            assertThat(embedder.embed("\uD800 cat").vector())
                    .containsExactly(embedder.embed("\uFFFD cat").vector());
            assertThat(embedder.embed("cat [SEP] cat").tokens()).isGreaterThan(5);
        }
    }

    private static Embedder following(LongTextPolicy policy, Model model) {
        return Embedder.open(model, oneThread().longTexts(policy).build());
    }

    @Test
    void longTextsFollowThePolicy() {
        String text = "cat ".repeat(25_000);
        try (Model model = tinyBert();
                Embedder refusing = following(LongTextPolicy.ERROR, model);
                Embedder cutting = following(LongTextPolicy.TRUNCATE, model);
                Embedder splitting = following(LongTextPolicy.SPLIT, model)) {
            assertThat(refusing.maxTokens()).isEqualTo(TinyBert.CONTEXT_SIZE);
            assertThatThrownBy(() -> refusing.embed(List.of("cat", text)))
                    .isInstanceOfSatisfying(TextTooLongException.class, failure -> {
                        assertThat(failure.tokens()).isEqualTo(25_002);
                        assertThat(failure.maxTokens()).isEqualTo(64);
                    })
                    .hasMessageStartingWith("context_length_exceeded");
            assertThat(refusing.embed("cat").tokens()).isEqualTo(3);
            Embedding cut = cutting.embed(text);
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.tokens()).isEqualTo(64);
            assertThat(cut.vector())
                    .containsExactly(cutting.embed("cat ".repeat(62)).vector(), within(1e-5f));
            Embedding split = splitting.embed(text);
            assertThat(split.truncated()).isFalse();
            assertThat(split.tokens()).isEqualTo(25_000 + 2 * 404);
            assertThat(split.dot(split)).isCloseTo(1, within(1e-5));
            assertThat(split.cosine(cut)).isGreaterThan(0.99);
        }
    }

    @Test
    void tokensOfATextGiveItsVectorBesideTexts() {
        List<String> texts = List.of("cat", "the cat sat on the mat ".repeat(9), "", "a dog");
        try (Model model = tinyBert();
                Embedder embedder = Embedder.open(model, oneThread().build())) {
            List<EmbeddingInput> inputs = new ArrayList<>();
            for (String text : texts) {
                inputs.add(EmbeddingInput.tokens(model.tokenizer().encode(text)));
                inputs.add(EmbeddingInput.text(text));
            }
            List<Embedding> found = embedder.embedInputs(inputs);
            for (int i = 0; i < texts.size(); i++) {
                Embedding expected = embedder.embed(texts.get(i));
                assertThat(found.subList(2 * i, 2 * i + 2)).allSatisfy(embedding -> {
                    assertThat(embedding.vector()).containsExactly(expected.vector(), within(1e-6f));
                    assertThat(embedding.tokens()).isEqualTo(expected.tokens());
                });
            }
            assertThat(embedder.embedInputs(List.of())).isEmpty();
        }
    }

    @Test
    void tokensAreTakenAsTheyAre() {
        try (Model model = tinyBert();
                Embedder embedder = Embedder.open(
                        model, oneThread().prefixes(InstructionPrefixes.E5).build());
                Embedder last =
                        Embedder.open(model, oneThread().pooling(Pooling.LAST).build());
                Embedder each =
                        Embedder.open(model, oneThread().pooling(Pooling.NONE).build())) {
            int cls = model.tokenizer().specialTokens().beginning().orElseThrow();
            int sep = model.tokenizer().specialTokens().separator().orElseThrow();
            int cat = model.tokenizer().encode("cat", false, false)[0];
            Embedding bare = embed(embedder, cat);
            assertThat(bare.tokens()).isEqualTo(1);
            assertThat(bare.cosine(embedder.embed("cat"))).isLessThan(0.9999);
            assertThat(embed(embedder, cls, cat, sep)).isEqualTo(embedder.embed("cat"));
            Embedding pair = embed(last, cls, cat, sep, cat, sep);
            assertThat(pair.tokens()).isEqualTo(5);
            assertThat(pair.vector())
                    .isNotEqualTo(embed(last, cls, cat, cat, sep).vector());
            EmbeddingInput query = new EmbeddingInput.Text("cat", TextRole.QUERY);
            assertThat(embedder.embedInputs(List.of(query))).containsExactly(embedder.embed("query: cat"));
            assertThatThrownBy(() -> embed(each, cat)).isInstanceOf(IllegalStateException.class);
        }
    }

    private static Embedding embed(Embedder embedder, int... tokens) {
        return embedder.embedInputs(List.of(EmbeddingInput.tokens(tokens))).getFirst();
    }

    @Test
    void tokensOutsideTheVocabularyAreRefusedByPlace() {
        try (Model model = tinyBert();
                Embedder embedder = Embedder.open(model, oneThread().build())) {
            int size = model.tokenizer().size();
            for (int wrong : new int[] {-1, Integer.MIN_VALUE, size, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> embed(embedder, 1, size - 1, wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("tokens[2]: expected the id of a token, 0 to " + (size - 1) + ", found " + wrong);
            }
            assertThat(embed(embedder, 0, size - 1).tokens()).isEqualTo(2);
        }
    }

    @Test
    void tooManyTokensFollowThePolicy() {
        String text = "cat ".repeat(200);
        try (Model model = tinyBert();
                Embedder refusing = following(LongTextPolicy.ERROR, model);
                Embedder cutting = following(LongTextPolicy.TRUNCATE, model);
                Embedder splitting = following(LongTextPolicy.SPLIT, model)) {
            int[] framed = model.tokenizer().encode(text);
            int[] bare = model.tokenizer().encode(text, false, false);
            assertThatThrownBy(() -> embed(refusing, bare))
                    .isInstanceOfSatisfying(
                            TextTooLongException.class,
                            failure -> assertThat(failure.tokens()).isEqualTo(200));
            Embedding fitting = embed(refusing, Arrays.copyOf(bare, TinyBert.CONTEXT_SIZE));
            assertThat(fitting.tokens()).isEqualTo(TinyBert.CONTEXT_SIZE);
            assertThat(embed(cutting, framed)).isEqualTo(cutting.embed(text));
            Embedding cut = embed(cutting, bare);
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.vector()).containsExactly(fitting.vector(), within(1e-6f));
            assertThat(embed(splitting, framed).vector())
                    .containsExactly(splitting.embed(text).vector(), within(1e-6f));
            assertThat(embed(splitting, bare).tokens()).isEqualTo(200);
        }
    }

    @Test
    void aTextLongerThanTheBatchesGetsALargerContext() {
        try (Model model = tinyBert();
                Embedder small = Embedder.open(model, oneThread().batchTokens(4).build());
                Embedder large =
                        Embedder.open(model, oneThread().batchTokens(512).build())) {
            List<String> texts = List.of("cat", "the cat sat on the mat ".repeat(9), "a dog", "", "one ".repeat(20));
            List<Embedding> expected = large.embed(texts);
            List<Embedding> found = small.embed(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(found.get(i).vector())
                        .containsExactly(expected.get(i).vector(), within(1e-4f));
            }
        }
    }

    @Test
    void poolingCanBeForced() {
        try (Model model = tinyBert();
                Embedder tokens = Embedder.open(
                        model,
                        oneThread()
                                .pooling(Pooling.NONE)
                                .normalization(Normalization.none())
                                .build());
                Embedder mean = Embedder.open(
                        model, oneThread().normalization(Normalization.none()).build());
                Embedder cls = Embedder.open(
                        model,
                        oneThread()
                                .pooling(Pooling.CLS)
                                .normalization(Normalization.none())
                                .build());
                Embedder last = Embedder.open(
                        model,
                        oneThread()
                                .pooling(Pooling.LAST)
                                .normalization(Normalization.none())
                                .build())) {
            String text = "the dog ran fast";
            TokenEmbeddings each = tokens.embedTokens(text);
            assertThat(each.size()).isEqualTo(6);
            assertThat(each.dimensions()).isEqualTo(TinyBert.EMBEDDING_SIZE);
            assertThat(cls.embed(text).vector()).containsExactly(each.vector(0), within(1e-4f));
            assertThat(last.embed(text).vector()).containsExactly(each.vector(5), within(1e-4f));
            float[] average = new float[each.dimensions()];
            for (int token = 0; token < 6; token++) {
                for (int i = 0; i < average.length; i++) {
                    average[i] += each.vector(token)[i] / 6;
                }
            }
            assertThat(mean.embed(text).vector()).containsExactly(average, within(1e-4f));
            assertThatThrownBy(() -> tokens.embed(text))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("embedTokens");
            assertThatThrownBy(() -> mean.embedTokens(text))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Pooling.NONE");
        }
    }

    @Test
    void prefixesStandBeforeQueriesAndDocuments() {
        try (Model model = tinyBert();
                Embedder embedder = Embedder.open(
                        model, oneThread().prefixes(InstructionPrefixes.E5).build())) {
            assertThat(embedder.embed("cat", TextRole.QUERY)).isEqualTo(embedder.embed("query: cat"));
            assertThat(embedder.embed("cat", TextRole.DOCUMENT)).isEqualTo(embedder.embed("passage: cat"));
            assertThat(embedder.embed("cat", TextRole.PLAIN)).isEqualTo(embedder.embed("cat"));
        }
    }

    @Test
    void aGenerativeModelEmbedsByTheMeanOfItsTokens() {
        try (Model model = Model.load(TestModels.tinychat());
                Embedder embedder = Embedder.open(model, oneThread().build())) {
            assertThat(ModelKind.of(model.info())).isEqualTo(ModelKind.GENERATIVE);
            assertThat(embedder.pooling()).isEqualTo(Pooling.MEAN);
            assertThat(embedder.memoryBytes()).isPositive();
            List<String> texts = List.of("The capital of France", "The capital of Spain", "one two three four");
            List<Embedding> batched = embedder.embed(texts);
            for (int i = 0; i < 3; i++) {
                assertThat(batched.get(i).cosine(embedder.embed(texts.get(i)))).isGreaterThan(0.9999);
            }
            assertThat(batched.get(0).cosine(batched.get(1)))
                    .isGreaterThan(batched.get(0).cosine(batched.get(2)));
            assertThatThrownBy(() -> embedder.embed("")).isInstanceOf(EmptyTextException.class);
        }
    }

    /** {@code -Dllamacpp4j.embedding.texts=100000} for the full measure. */
    @Test
    @SuppressWarnings("try") // closed early on purpose
    void anyNumberOfTextsStreamsInConstantMemoryAndStopsInTheMiddle() {
        int texts = Integer.getInteger("llamacpp4j.embedding.texts", 4000);
        Iterator<String> endless = Stream.iterate(0, i -> i + 1)
                .map(i -> "the cat number " + i + " sat on the mat")
                .iterator();
        try (Model model = tinyBert();
                Embedder embedder = Embedder.open(model, oneThread().build());
                EmbeddingStream stream = embedder.stream(endless, TextRole.PLAIN)) {
            deliver(stream, texts / 10);
            long memory = ProcessMemory.residentBytesWithoutGarbage();
            long contexts = embedder.memoryBytes();
            deliver(stream, texts - texts / 10);
            assertThat(ProcessMemory.residentBytesWithoutGarbage() - memory).isLessThan(150L << 20);
            assertThat(embedder.memoryBytes()).isEqualTo(contexts);
            assertThat(stream.delivered()).isEqualTo(texts);
            stream.close();
            assertThat(stream.hasNext()).isFalse();
            assertThatThrownBy(stream::next).isInstanceOf(EmbeddingCancelledException.class);
            assertThat(embedder.waiting()).isZero();
            assertThat(embedder.embed("cat").tokens()).isEqualTo(3);
        }
    }

    private static void deliver(EmbeddingStream stream, int texts) {
        for (int i = 0; i < texts; i++) {
            assertThat(stream.next().size()).isEqualTo(TinyBert.EMBEDDING_SIZE);
        }
    }

    @Test
    void progressIsHeardAndCancels() {
        List<String> texts = Stream.generate(() -> "cat").limit(20).toList();
        List<Integer> heard = new ArrayList<>();
        try (Model model = tinyBert();
                Embedder embedder = Embedder.open(model, oneThread().build())) {
            embedder.embed(texts, TextRole.PLAIN, (done, total) -> heard.add(done));
            assertThat(heard).isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
            assertThatThrownBy(() -> embedder.embed(texts, TextRole.PLAIN, (done, total) -> done < 5))
                    .isInstanceOf(EmbeddingCancelledException.class)
                    .hasMessageContaining("5 of 20");
        }
    }

    @RepeatedTest(20)
    void closingInTheMiddleEndsCallsWithATypedException() throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        try (Model model = tinyBert()) {
            Embedder embedder = Embedder.open(model, oneThread().build());
            Thread caller = Thread.ofPlatform().start(() -> {
                try (EmbeddingStream stream =
                        embedder.stream(Stream.generate(() -> "the cat sat on the mat"), TextRole.PLAIN)) {
                    while (true) {
                        stream.next();
                    }
                } catch (EmbeddingException ended) {
                    thrown.add(ended);
                }
            });
            Thread.sleep(10);
            embedder.close();
            embedder.close();
            caller.join();
            assertThat(thrown).singleElement().isInstanceOf(EmbedderClosedException.class);
            assertThatThrownBy(() -> embedder.embed("cat")).isInstanceOf(EmbedderClosedException.class);
        }
    }

    @Test
    void closingTheModelFirstIsATypedException() {
        Model model = tinyBert();
        try (Embedder embedder = Embedder.open(model, oneThread().build())) {
            model.close();
            assertThatThrownBy(() -> embedder.embed("cat"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }
}
