package io.github.llamacpp4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineFailedException;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScriptedEngineTest {

    private static final ByteVocabulary BYTES = new ByteVocabulary();

    @Test
    void theModelWritesTheScriptAndEnds() {
        try (Engine engine = TestLlamas.scriptedEngine(Script.always("Grüße ☀"))) {
            Completion completion = ask(engine, "Hello");
            assertThat(completion.text()).isEqualTo("Grüße ☀");
            assertThat(completion.end().reason()).isEqualTo(FinishReason.END_OF_GENERATION);
            assertThat(completion.end().usage().promptTokens()).isEqualTo(5);
        }
    }

    @Test
    void answersComeInTurnAlsoToOneAndTheSamePrompt() {
        try (Engine engine = TestLlamas.scriptedEngine(Script.inTurn("one", "two", ""))) {
            assertThat(ask(engine, "again").text()).isEqualTo("one");
            assertThat(ask(engine, "again").text()).isEqualTo("two");
            assertThat(ask(engine, "again").text()).isEmpty();
            assertThat(ask(engine, "again").text()).isEmpty();
        }
    }

    @Test
    void aPromptThatContainsAnEarlierAnswerIsANewOne() {
        try (Engine engine = TestLlamas.scriptedEngine(Script.inTurn("yes", "no"))) {
            assertThat(ask(engine, "Sure? ").text()).isEqualTo("yes");
            assertThat(ask(engine, "Sure? yes Really? ").text()).isEqualTo("no");
        }
    }

    @Test
    void theScriptSeesTheWholePrompt() {
        try (Engine engine = TestLlamas.scriptedEngine(prompt -> prompt.toUpperCase(Locale.ROOT))) {
            assertThat(ask(engine, "a long prompt ".repeat(200).strip()).text())
                    .isEqualTo("A LONG PROMPT ".repeat(200).strip());
        }
    }

    @Test
    void manyCallersGetTheirOwnAnswers() throws Exception {
        try (Engine engine = TestLlamas.scriptedEngine(prompt -> "<" + prompt + ">");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> calls = IntStream.range(0, 40)
                    .<Callable<String>>mapToObj(
                            i -> () -> ask(engine, "prompt " + i).text())
                    .toList();
            List<String> texts = new ArrayList<>();
            for (Future<String> call : callers.invokeAll(calls)) {
                texts.add(call.get());
            }
            assertThat(texts)
                    .isEqualTo(IntStream.range(0, 40)
                            .mapToObj(i -> "<prompt " + i + ">")
                            .toList());
        }
    }

    @Test
    void neitherTemperatureNorPenaltiesChangeTheText() {
        try (Engine engine = TestLlamas.scriptedEngine(Script.always("aaaaaaaaaaaaaaaaaaaa"))) {
            EngineRequest hot = EngineRequest.builder(BYTES.tokenize("x"))
                    .maxTokens(100)
                    .sampling(SamplingOptions.builder()
                            .temperature(2)
                            .repeatPenalty(1.5)
                            .frequencyPenalty(2)
                            .build())
                    .build();
            assertThat(ask(engine, hot).text()).isEqualTo("aaaaaaaaaaaaaaaaaaaa");
        }
    }

    @Test
    void limitsAndStopStringsWorkAsWithAModel() {
        try (Engine engine = TestLlamas.scriptedEngine(Script.always("one two three"))) {
            EngineRequest.Builder request = EngineRequest.builder(BYTES.tokenize("count"));
            Completion cut = ask(engine, request.maxTokens(5).build());
            assertThat(cut.end().reason()).isEqualTo(FinishReason.MAX_TOKENS);
            assertThat(cut.text()).isEqualTo("one t");
            Completion stopped =
                    ask(engine, request.maxTokens(50).stopTexts(List.of(" th")).build());
            assertThat(stopped.end().reason()).isEqualTo(FinishReason.STOP_TEXT);
            assertThat(stopped.text()).isEqualTo("one two");
        }
    }

    @Test
    void aScriptThatThrowsFailsTheRequestWithItsReason() {
        Script broken = prompt -> {
            throw new ArithmeticException("no answer");
        };
        try (Engine engine = TestLlamas.scriptedEngine(broken)) {
            assertThatThrownBy(() -> ask(engine, "x"))
                    .isInstanceOf(EngineFailedException.class)
                    .hasRootCauseMessage("no answer");
        }
    }

    @Test
    void aScriptHasAnAnswer() {
        assertThatIllegalArgumentException().isThrownBy(Script::inTurn);
    }

    private static Completion ask(Engine engine, String prompt) {
        return ask(
                engine,
                EngineRequest.builder(BYTES.tokenize(prompt)).maxTokens(10_000).build());
    }

    private static Completion ask(Engine engine, EngineRequest request) {
        try (Generation generation = engine.submit(request)) {
            return generation.result();
        }
    }
}
