package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.testkit.base.SharedCorpora;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelIT {

    private static final String QUESTION = """
            <|im_start|>user
            What is the capital of France?<|im_end|>
            <|im_start|>assistant
            <think>

            </think>

            """;

    @Test
    void answersAQuestionGreedily() {
        try (Model model = Model.load(TestModels.tinychat());
                Context context = model.newContext(Contexts.small().build());
                Sampler sampler = Sampler.builder(model).greedy().build()) {
            Tokenizer tokenizer = model.tokenizer();
            context.append(0, tokenizer.encode(QUESTION, true, true));
            List<Integer> answer = new ArrayList<>();
            for (int token = sampler.sample(context, -1);
                    !tokenizer.isEndOfGeneration(token);
                    token = sampler.sample(context, -1)) {
                answer.add(token);
                context.append(0, token);
            }
            assertThat(tokenizer.decode(answer.stream().mapToInt(i -> i).toArray()))
                    .isEqualTo("The capital of France is Paris.");
        }
    }

    @Test
    void tellsWhatTheModelSaysAboutItself() {
        try (Model model = Model.load(TestModels.tinychat())) {
            ModelInfo info = model.info();
            assertThat(info.architecture()).isEqualTo("llama");
            assertThat(info.parameterCount()).isBetween(3_400_000L, 3_420_000L);
            assertThat(info.fileType()).isEqualTo("Q8_0");
            assertThat(info.trainedContextSize()).isEqualTo(2048);
            assertThat(info.embeddingSize()).isEqualTo(256);
            assertThat(info.layers()).isEqualTo(4);
            assertThat(info.heads()).isEqualTo(4);
            assertThat(info.keyValueHeads()).isEqualTo(2);
            assertThat(info.ropeType()).isEqualTo(RopeType.NORM);
            assertThat(info.ropeFrequencyScale()).isEqualTo(1);
            assertThat(info.hasEncoder()).isFalse();
            assertThat(info.hasDecoder()).isTrue();
            assertThat(info.recurrent()).isFalse();
            assertThat(info.chatTemplate().orElseThrow()).hasSizeGreaterThan(3000);
            assertThat(info.metadata().keySet()).startsWith("general.architecture");
        }
    }

    @Test
    void progressIsReportedAndCancelsTheLoad() {
        List<Float> seen = new ArrayList<>();
        ModelOptions watching = ModelOptions.builder()
                .progressListener(fraction -> {
                    seen.add(fraction);
                    return true;
                })
                .build();
        Model.load(TestModels.tinychat(), watching).close();
        assertThat(seen).isSorted().last().isEqualTo(1f);

        ModelOptions refusing =
                ModelOptions.builder().progressListener(fraction -> false).build();
        assertThatThrownBy(() -> Model.load(TestModels.tinychat(), refusing))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(ModelLoadException.Reason.CANCELLED));
    }

    @Test
    void anExceptionOfTheListenerComesOutOfTheLoad() {
        ModelOptions failing = ModelOptions.builder()
                .progressListener(fraction -> {
                    throw new IllegalStateException("listener");
                })
                .build();
        assertThatThrownBy(() -> Model.load(TestModels.tinychat(), failing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("listener");
    }

    @Test
    void aVocabularyAloneTokenizesButDoesNotCompute() {
        Path file = SharedCorpora.require("tokenizers/ggml-vocab-gpt-2.gguf");
        ModelOptions options = ModelOptions.builder().vocabularyOnly(true).build();
        try (Model model = Model.load(file, options)) {
            assertThat(model.tokenizer().size()).isEqualTo(50257);
            assertThatThrownBy(() -> model.newContext(ContextOptions.defaults()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("vocabulary only");
        }
    }

    @Test
    void listsTheProcessor() {
        assertThat(Backends.devices()).anyMatch(device -> device.type() == DeviceType.CPU);
        assertThat(Backends.list()).anyMatch(backend -> backend.name().equals("CPU"));
        LoadedLibraries libraries = Backends.libraries();
        assertThat(libraries.llamaVersion()).startsWith("0.");
        assertThat(libraries.directory()).isDirectory();
        assertThat(Backends.load(libraries.directory())).isEqualTo(libraries);
    }

    @Test
    void aSecondSetOfLibrariesIsRefused() {
        Backends.libraries();
        assertThatThrownBy(() -> Backends.load(Path.of("elsewhere")))
                .isInstanceOf(NativeLibraryException.class)
                .hasMessageContainingAll("elsewhere", "can hold only one llama.cpp");
    }
}
