package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.EngineOverloadedException;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LlamaIT {

    private static final String QUESTION = prompt("What is the capital of France?");
    private static final String EMOJI = prompt("Show me a cat emoji.");

    private static Llama llama;

    @BeforeAll
    static void load() {
        llama = Llama.load(TestModels.tinychat(), oneThread());
    }

    @AfterAll
    static void close() {
        llama.close();
    }

    @Test
    void aGreedyAnswerIsTheOneTheModelWasTrainedFor() {
        Completion answer = llama.generate(QUESTION, o -> o.temperature(0).maxTokens(32));
        assertThat(answer.text()).isEqualTo("The capital of France is Paris.");
        assertThat(answer.end().reason()).isEqualTo(FinishReason.END_OF_GENERATION);
        assertThat(answer.end().usage().generatedTokens())
                .isEqualTo(answer.tokens().size());
        assertThat(answer.end().timings().firstToken()).isPositive();
    }

    @Test
    void tryingRefusesAtOnceWhereTheQueueIsFull() {
        LlamaOptions narrow = oneThread().toBuilder()
                .engine(engine -> engine.parallelSequences(1).queueCapacity(1))
                .build();
        try (Llama busy = Llama.load(TestModels.tinychat(), narrow)) {
            assertThat(busy.tryGenerate(QUESTION, o -> o.temperature(0).maxTokens(3))
                            .tokens())
                    .hasSize(3);
            try (Generation working = busy.stream(QUESTION, o -> o.ignoreEndOfGeneration(true))) {
                working.next();
                try (Generation waiting = busy.stream(QUESTION)) {
                    assertThat(waiting.id()).isPositive();
                    assertThatThrownBy(() -> busy.tryGenerate(QUESTION, o -> o.maxTokens(3)))
                            .isInstanceOf(EngineOverloadedException.class)
                            .hasMessageContaining("the queue of 1 requests is full");
                }
            }
        }
    }

    @Test
    void aStreamGivesTheSameTextPieceByPiece() {
        StringBuilder text = new StringBuilder();
        try (Generation stream = llama.stream(QUESTION, o -> o.temperature(0).maxTokens(32))) {
            for (GenerationEvent event : stream) {
                text.append(event.text());
            }
        }
        assertThat(text).hasToString("The capital of France is Paris.");
    }

    @Test
    void noPieceOfAStreamHoldsHalfACharacter() {
        List<String> pieces = new ArrayList<>();
        try (Generation stream = llama.stream(EMOJI, o -> o.temperature(0).maxTokens(32))) {
            stream.forEachRemaining(event -> pieces.add(event.text()));
        }
        assertThat(String.join("", pieces)).contains("🐱");
        assertThat(pieces).noneMatch(piece -> piece.contains("\uFFFD"));
    }

    @Test
    void aStopStringEndsTheTextBeforeItself() {
        Completion answer = llama.generate(QUESTION, o -> o.temperature(0).stop("of Fra"));
        assertThat(answer.text()).isEqualTo("The capital ");
        assertThat(answer.end().reason()).isEqualTo(FinishReason.STOP_TEXT);
    }

    @Test
    void theSameSeedGivesTheSameText() {
        GenerationOptions options = GenerationOptions.builder()
                .seed(42)
                .temperature(1)
                .maxTokens(24)
                .build();
        assertThat(llama.generate("Once upon a time", options).tokens())
                .isEqualTo(llama.generate("Once upon a time", options).tokens());
    }

    @Test
    void closingAStreamLeavesTheRestUsable() {
        try (Generation stream = llama.stream(QUESTION, o -> o.ignoreEndOfGeneration(true))) {
            stream.next();
        }
        assertThat(llama.generate(QUESTION, o -> o.temperature(0)).text()).endsWith("Paris.");
    }

    @Test
    void manyCallersGetTheirOwnAnswers() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                answers.add(callers.submit(
                        () -> llama.generate(QUESTION, o -> o.temperature(0).maxTokens(32))
                                .text()));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("The capital of France is Paris.");
            }
        }
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> llama.generate("Hi", o -> o.topP(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topP");
    }

    @Test
    void afterCloseEveryCallSaysSo() {
        Llama closed = Llama.load(TestModels.tinychat(), oneThread());
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.generate("Hi"))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void theReadmeShowsAnExampleThatCompilesAndRuns() throws IOException {
        String source =
                Files.readString(Path.of("src", "test", "java", "io", "github", "llamacpp4j", "ReadmeExample.java"));
        String marker = "// [example]";
        String example = source.substring(source.indexOf(marker) + marker.length(), source.lastIndexOf(marker))
                .stripIndent()
                .strip();
        assertThat(Files.readString(Path.of("..", "README.md"))).contains(example);
        ReadmeExample.run(TestModels.tinychat());
    }

    private static String prompt(String question) {
        return """
                <|im_start|>user
                %s<|im_end|>
                <|im_start|>assistant
                <think>

                </think>

                """.formatted(question);
    }

    private static LlamaOptions oneThread() {
        return LlamaOptions.builder()
                .context(context -> context.contextSize(2048).threads(1).batchThreads(1))
                .build();
    }
}
