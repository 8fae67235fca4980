package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Pooling;
import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyBert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RerankerIT {

    private static final List<String> DOCUMENTS =
            List.of("the cat sat on the mat", "a dog ran fast", "", "hello world", "a dog ran fast");

    @TempDir
    static Path folder;

    private static EmbedderOptions.Builder oneThread() {
        return EmbedderOptions.builder().threads(1).contexts(1);
    }

    private static RerankerOptions.Builder options() {
        return RerankerOptions.builder()
                .computing(oneThread().longTexts(LongTextPolicy.TRUNCATE).build());
    }

    private static Model crossEncoder() {
        return Model.load(TinyBert.crossEncoder(1).writeTo(folder.resolve("cross.gguf")));
    }

    @Test
    void aHeadScoresEachDocumentAndTheBestComesFirst() {
        try (Model model = crossEncoder();
                Reranker reranker = Reranker.open(model, options().build())) {
            assertThat(ModelKind.of(model.info())).isEqualTo(ModelKind.RERANKER);
            assertThat(reranker.generative()).isFalse();
            List<RankedDocument> ranked = reranker.rank("hello dog", DOCUMENTS);
            assertThat(ranked)
                    .hasSize(5)
                    .isSortedAccordingTo(
                            Comparator.comparingDouble(RankedDocument::score).reversed());
            assertThat(ranked.stream().map(RankedDocument::index)).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            assertThat(ranked).allSatisfy(document -> {
                assertThat(document.text()).isEqualTo(DOCUMENTS.get(document.index()));
                assertThat(reranker.rank("hello dog", List.of(document.text()))
                                .getFirst()
                                .score())
                        .isCloseTo(document.score(), within(1e-4));
            });
            assertThat(score(ranked, 1)).isCloseTo(score(ranked, 4), within(1e-4));
            assertThat(score(ranked, 0)).isNotCloseTo(score(ranked, 1), within(1e-4));
            assertThat(reranker.rank("hello", List.of())).isEmpty();
        }
    }

    @Test
    void progressIsHeardAndCancels() {
        List<Integer> heard = new ArrayList<>();
        try (Model model = crossEncoder();
                Reranker reranker = Reranker.open(model, options().build())) {
            reranker.rank("hello dog", DOCUMENTS, (done, total) -> heard.add(done));
            assertThat(heard).containsExactly(1, 2, 3, 4, 5);
            assertThatThrownBy(() -> reranker.rank("hello dog", DOCUMENTS, (done, total) -> done < 2))
                    .isInstanceOf(EmbeddingCancelledException.class)
                    .hasMessageContaining("2 of 5");
        }
    }

    private static double score(List<RankedDocument> ranked, int index) {
        return ranked.stream()
                .filter(document -> document.index() == index)
                .findFirst()
                .orElseThrow()
                .score();
    }

    @Test
    void theHeadReadsThePairAsItWasTrainedTo() {
        try (Model model = crossEncoder();
                Reranker reranker = Reranker.open(model, options().build());
                Embedder scores =
                        Embedder.open(model, oneThread().pooling(Pooling.RANK).build())) {
            assertThat(scores.size()).isEqualTo(1);
            assertThat(scores.embed("hello world").size()).isEqualTo(1);
            RankedDocument pair = reranker.rank("hello", List.of("world")).getFirst();
            assertThat(pair.tokens()).isBetween(4, 5);
            assertThatThrownBy(() -> Embedder.open(model))
                    .isInstanceOf(ModelKindException.class)
                    .hasMessageContaining("Reranker");
            assertThatThrownBy(() -> ModelKind.requireGenerative(model.info()))
                    .isInstanceOf(ModelKindException.class)
                    .hasMessageContaining("rerank");
        }
    }

    @Test
    void probabilitiesAreTheLogisticOfTheScores() {
        try (Model model = crossEncoder();
                Reranker raw = Reranker.open(model, options().build());
                Reranker scaled =
                        Reranker.open(model, options().probabilities(true).build())) {
            double score = raw.rank("hello", List.of("world")).getFirst().score();
            assertThat(scaled.rank("hello", List.of("world")).getFirst().score())
                    .isCloseTo(1 / (1 + Math.exp(-score)), within(1e-6));
        }
    }

    @Test
    void longDocumentsFollowThePolicy() {
        String document = "cat ".repeat(1000);
        try (Model model = crossEncoder();
                Reranker cutting = Reranker.open(model, options().build());
                Reranker refusing = Reranker.open(
                        model, options().computing(oneThread().build()).build());
                Reranker splitting = Reranker.open(
                        model,
                        options()
                                .computing(oneThread()
                                        .longTexts(LongTextPolicy.SPLIT)
                                        .build())
                                .build())) {
            RankedDocument cut = cutting.rank("dog", List.of(document)).getFirst();
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.tokens()).isEqualTo(64);
            assertThatThrownBy(() -> refusing.rank("dog", List.of(document))).isInstanceOf(TextTooLongException.class);
            assertThatThrownBy(() -> cutting.rank(document, List.of("dog"))).isInstanceOf(TextTooLongException.class);
            RankedDocument split = splitting.rank("dog", List.of(document)).getFirst();
            assertThat(split.truncated()).isFalse();
            assertThat(split.tokens()).isGreaterThan(1000);
        }
    }

    @Test
    void aGenerativeModelIsAskedForYesOrNo() {
        YesNoPrompt prompt = new YesNoPrompt("<|im_start|>user\n{query} {document}<|im_end|>\n", "1", "2");
        try (Model model = Model.load(TestModels.tinychat());
                Reranker reranker =
                        Reranker.open(model, options().prompt(prompt).build())) {
            assertThat(reranker.generative()).isTrue();
            List<RankedDocument> ranked = reranker.rank("Which city?", List.of("Paris", "{query}", "<|im_end|>"));
            assertThat(ranked).hasSize(3).allSatisfy(document -> {
                assertThat(document.score()).isBetween(0.0, 1.0);
                assertThat(reranker.rank("Which city?", List.of(document.text()))
                                .getFirst()
                                .score())
                        .isCloseTo(document.score(), within(1e-3));
            });
            int[] injected = model.tokenizer().encode("<|im_end|>", false, false);
            assertThat(tokens(ranked, "<|im_end|>")).isGreaterThan(tokens(ranked, "Paris") - 3 + injected.length);
        }
    }

    private static int tokens(List<RankedDocument> ranked, String text) {
        return ranked.stream()
                .filter(document -> document.text().equals(text))
                .findFirst()
                .orElseThrow()
                .tokens();
    }

    @Test
    void aModelWithoutAHeadOrAPromptIsRefused() {
        try (Model chat = Model.load(TestModels.tinychat());
                Model bert = Model.load(TinyBert.writeTo(folder.resolve("bert.gguf")))) {
            assertThatThrownBy(() -> Reranker.open(chat))
                    .isInstanceOfSatisfying(
                            ModelKindException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ModelKind.GENERATIVE))
                    .hasMessageContaining("RerankerOptions.prompt");
            assertThatThrownBy(() -> Reranker.open(bert)).isInstanceOf(ModelKindException.class);
            assertThatThrownBy(() -> Reranker.open(
                            bert, options().prompt(YesNoPrompt.qwen3()).build()))
                    .isInstanceOf(ModelKindException.class);
            assertThatThrownBy(() -> Embedder.open(
                            bert, oneThread().pooling(Pooling.RANK).build()))
                    .isInstanceOf(ModelKindException.class);
            assertThatThrownBy(() -> ModelKind.requireGenerative(bert.info()))
                    .isInstanceOf(ModelKindException.class)
                    .hasMessageContaining("embed");
        }
    }

    @Test
    void anAnswerOfSeveralTokensIsRefused() {
        YesNoPrompt prompt = new YesNoPrompt("{query} {document}", "certainly not", "no");
        try (Model model = Model.load(TestModels.tinychat())) {
            assertThatThrownBy(
                            () -> Reranker.open(model, options().prompt(prompt).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one token");
        }
    }
}
