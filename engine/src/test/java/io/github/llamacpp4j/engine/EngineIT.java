package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class EngineIT {

    private static final List<String> QUESTIONS = List.of(
            "What is the capital of France?",
            "What is the capital of Norway?",
            "What is 2 + 2?",
            "Tell me a story about a dragon.",
            "Who are you?",
            "What color is the sky?",
            "Write a poem.",
            "Hello!");

    private static Model model;

    @BeforeAll
    static void load() {
        model = TinyChatEngines.load();
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    private static Engine start(EngineOptions.Builder options) {
        return Engine.start(model, TinyChatEngines.context().build(), options.build());
    }

    private static EngineRequest.Builder greedy(int[] prompt) {
        return EngineRequest.builder(prompt).sampling(SamplingOptions.greedy()).maxTokens(40);
    }

    private static EngineRequest.Builder greedy(String question) {
        return greedy(TinyChatEngines.question(model, question));
    }

    @Test
    void aloneGreedyOutputIsThatOfAPlainLoop() {
        try (Engine engine = start(EngineOptions.builder())) {
            for (String question : QUESTIONS) {
                int[] prompt = TinyChatEngines.question(model, question);
                Completion result =
                        engine.submit(greedy(prompt).prefixCache(false).build()).result();
                assertThat(result.tokens()).as(question).isEqualTo(TinyChatEngines.greedyAlone(model, prompt, 40));
            }
        }
    }

    @Test
    void answersAreTextAndTokensWithUsage() {
        try (Engine engine = start(EngineOptions.builder())) {
            Completion result = engine.submit(
                            greedy("What is the capital of France?").build())
                    .result();
            assertThat(result.text()).isEqualTo("The capital of France is Paris.");
            assertThat(result.end().reason()).isEqualTo(FinishReason.END_OF_GENERATION);
            assertThat(model.tokenizer().isEndOfGeneration(result.tokens().getLast()))
                    .isTrue();
            assertThat(result.end().usage().generatedTokens())
                    .isEqualTo(result.tokens().size());
        }
    }

    @Test
    void theDeterministicEngineGivesTheSameAloneAndAmongNeighbours() {
        EngineOptions.Builder options =
                EngineOptions.builder().deterministic(true).parallelSequences(4);
        List<List<Integer>> alone = new ArrayList<>();
        try (Engine engine = start(options)) {
            for (String question : QUESTIONS) {
                alone.add(sampled(engine, question).result().tokens());
            }
        }
        try (Engine engine = start(options)) {
            List<Generation> streams = QUESTIONS.stream()
                    .map(question -> sampled(engine, question))
                    .toList();
            for (int i = 0; i < streams.size(); i++) {
                assertThat(streams.get(i).result().tokens())
                        .as(QUESTIONS.get(i))
                        .isEqualTo(alone.get(i));
            }
        }
    }

    private static Generation sampled(Engine engine, String question) {
        return engine.submit(greedy(question)
                .sampling(SamplingOptions.builder().seed(42).temperature(1).build())
                .build());
    }

    @Test
    void prefixesAreReusedAndTheAnswersStayRight() {
        try (Engine engine = start(EngineOptions.builder())) {
            Completion first = engine.submit(
                            greedy("What is the capital of France?").build())
                    .result();
            Completion again = engine.submit(
                            greedy("What is the capital of France?").build())
                    .result();
            Completion other = engine.submit(
                            greedy("What is the capital of Norway?").build())
                    .result();
            int prompt = first.end().usage().promptTokens();
            assertThat(first.end().usage().cachedTokens()).isZero();
            assertThat(again.end().usage().cachedTokens()).isEqualTo(prompt - 1);
            assertThat(other.end().usage().cachedTokens()).isBetween(3, prompt - 1);
            assertThat(again.text()).isEqualTo("The capital of France is Paris.");
            assertThat(other.tokens())
                    .isEqualTo(TinyChatEngines.greedyAlone(
                            model, TinyChatEngines.question(model, "What is the capital of Norway?"), 40));
        }
    }

    @Test
    void cancellingAtRandomMomentsGivesEverythingBackAndLeavesTheOthersAlone() {
        Random random = new Random(3);
        try (Engine engine = start(EngineOptions.builder().parallelSequences(4))) {
            List<Generation> kept = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Generation victim = engine.submit(greedy("Tell me story number " + random.nextInt(10))
                        .ignoreEndOfGeneration(true)
                        .maxTokens(200)
                        .build());
                if (i % 10 == 0) {
                    kept.add(engine.submit(
                            greedy("What is the capital of France?").build()));
                }
                for (int read = random.nextInt(6); read > 0; read--) {
                    victim.next();
                }
                victim.close();
            }
            kept.forEach(stream -> assertThat(stream.result().text()).isEqualTo("The capital of France is Paris."));
            EngineStats stats = engine.stats();
            while (stats.activeSequences() > 0) {
                Thread.onSpinWait();
                stats = engine.stats();
            }
            assertThat(stats.queueLength()).isZero();
            assertThat(stats.retainedSequences()).isLessThanOrEqualTo(16);
        }
    }

    @Test
    void moreTextThanTheContextHoldsIsPreemptedShiftedOrEnded() {
        EngineOptions.Builder options =
                EngineOptions.builder().parallelSequences(3).openEndedReserve(0);
        try (Engine engine =
                Engine.start(model, TinyChatEngines.context().contextSize(256).build(), options.build())) {
            EngineRequest.Builder endless = EngineRequest.builder(TinyChatEngines.question(model, "Tell me a story."))
                    .sampling(SamplingOptions.greedy())
                    .ignoreEndOfGeneration(true);
            List<Generation> streams = engine.submit(endless.build(), 3);
            for (Generation stream : streams) {
                assertThat(stream.result().end().reason()).isEqualTo(FinishReason.CONTEXT_FULL);
            }
            assertThat(engine.stats().preemptions()).isPositive();
            Completion shifted = engine.submit(endless.contextFullPolicy(ContextFullPolicy.SHIFT)
                            .keepTokens(4)
                            .maxTokens(600)
                            .build())
                    .result();
            assertThat(shifted.tokens()).hasSize(600);
        }
    }

    @Test
    void aGrammarIsObeyedAndItsForcedTextSkipsTheModel() {
        try (Engine engine = start(EngineOptions.builder())) {
            ModelVocabulary vocabulary = new ModelVocabulary(model);
            CompiledGrammar grammar = Grammar.parse("""
                    root ::= "{\\"the_name_of_the_capital\\": \\"" [A-Z] [a-z]+ "\\"}"
                    """).compile(vocabulary.grammarVocabulary());
            Completion result = engine.submit(greedy("What is the capital of France?")
                            .constraint(GrammarConstraint.of(grammar, vocabulary))
                            .build())
                    .result();
            assertThat(result.text()).matches("\\{\"the_name_of_the_capital\": \"[A-Z][a-z]+\"}");
            assertThat(result.end().usage().forcedTokens()).isPositive();
            assertThat(result.end().reason()).isIn(FinishReason.END_OF_GENERATION, FinishReason.CONSTRAINT_COMPLETE);
        }
    }

    @Test
    void speculationLeavesGreedyOutputAsItIs() {
        try (Engine engine = start(EngineOptions.builder())) {
            EngineRequest.Builder request = greedy("Say it again: one two three four, one two three four, one two")
                    .ignoreEndOfGeneration(true)
                    .maxTokens(80)
                    .prefixCache(false);
            Completion plain = engine.submit(request.build()).result();
            Completion guessed =
                    engine.submit(request.speculativeTokens(6).build()).result();
            assertThat(guessed.text()).isEqualTo(plain.text());
            assertThat(guessed.end().usage().draftedTokens()).isPositive();
        }
    }

    @Test
    void aDraftModelLeavesGreedyOutputAsItIs() {
        guessesChangeNothing(SamplingOptions.greedy());
    }

    @Test
    void aDraftModelLeavesDrawnOutputAsItIs() {
        guessesChangeNothing(SamplingOptions.builder().seed(7).temperature(0.5).build());
    }

    private void guessesChangeNothing(SamplingOptions sampling) {
        try (Model draft = Model.load(TestModels.tinychatDraft());
                Engine engine = Engine.start(
                        model,
                        draft,
                        new ModelVocabulary(model),
                        TinyChatEngines.context().build(),
                        EngineOptions.builder().parallelSequences(8).build())) {
            List<Completion> plain = askAll(engine, sampling, 0);
            List<Completion> guessed = askAll(engine, sampling, 4);
            for (int i = 0; i < plain.size(); i++) {
                assertThat(guessed.get(i).tokens())
                        .as(QUESTIONS.get(i))
                        .isEqualTo(plain.get(i).tokens());
            }
            int accepted = guessed.stream()
                    .mapToInt(completion -> completion.end().usage().acceptedDraftTokens())
                    .sum();
            assertThat(accepted).isPositive();
            assertThat(engine.stats().acceptedDraftTokens()).isPositive();
        }
    }

    private static List<Completion> askAll(Engine engine, SamplingOptions sampling, int guesses) {
        return QUESTIONS.stream()
                .map(question -> engine.submit(greedy(question)
                                .sampling(sampling)
                                .speculativeTokens(guesses)
                                .prefixCache(false)
                                .build())
                        .result())
                .toList();
    }
}
