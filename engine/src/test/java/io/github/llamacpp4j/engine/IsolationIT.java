package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * With the option {@code deterministic} an answer is the same to the last bit, whatever else the engine is doing. Without it, a
 * greedy answer changes only where two tokens were as close as the neighbours move logits.
 */
@Timeout(600)
class IsolationIT {

    private static final System.Logger LOGGER = System.getLogger(IsolationIT.class.getName());
    private static final int NEIGHBOURS = 16;

    @Test
    void tinyChatAnswersAloneAsAmongFifteenNeighbours() {
        check(TestModels.tinychat(), Scale.of(24, 128));
    }

    @Test
    void smolLmAnswersAloneAsAmongFifteenNeighbours() {
        check(TestModels.smolLm2(), Scale.of(6, 64));
    }

    private static void check(Path file, int tokens) {
        EngineOptions options = EngineOptions.builder()
                .parallelSequences(NEIGHBOURS)
                .deterministic(true)
                .build();
        ContextOptions context = context();
        try (Model model = Model.load(file)) {
            List<Completion> alone = new ArrayList<>();
            try (Engine engine = Engine.start(model, context, options)) {
                for (int i = 0; i < NEIGHBOURS; i++) {
                    alone.add(engine.submit(request(model, i, tokens)).result());
                }
            }
            try (Engine engine = Engine.start(model, context, options)) {
                List<Generation> streams = new ArrayList<>();
                for (int i = NEIGHBOURS - 1; i >= 0; i--) {
                    streams.addFirst(engine.submit(request(model, i, tokens)));
                    if (i % 4 == 0) {
                        streams.getFirst().next();
                        streams.set(0, rest(streams.getFirst(), engine, request(model, i, tokens)));
                    }
                }
                for (int i = 0; i < NEIGHBOURS; i++) {
                    Completion among = streams.get(i).result();
                    assertThat(among.tokens())
                            .as("request %d", i)
                            .isEqualTo(alone.get(i).tokens());
                    assertThat(among.logprobs())
                            .as("request %d", i)
                            .isEqualTo(alone.get(i).logprobs());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UNIFIED", "SPLIT"})
    void tinyChatDiffersWithoutTheOptionOnlyWhereTheChoiceWasClose(CacheLayout layout) {
        checkClose(TestModels.tinychat(), layout, Scale.of(24, 96));
    }

    @ParameterizedTest
    @EnumSource(names = {"UNIFIED", "SPLIT"})
    void smolLmDiffersWithoutTheOptionOnlyWhereTheChoiceWasClose(CacheLayout layout) {
        checkClose(TestModels.smolLm2(), layout, Scale.of(6, 48));
    }

    private static void checkClose(Path file, CacheLayout layout, int tokens) {
        EngineOptions options = EngineOptions.builder()
                .parallelSequences(NEIGHBOURS)
                .cacheLayout(layout)
                .build();
        try (Model model = Model.load(file)) {
            RowTaps taps = new RowTaps(new ModelVocabulary(model), model, context(), options);
            List<RowTaps.Tap> alone = new ArrayList<>();
            try (Engine engine = taps.start()) {
                for (int i = 0; i < NEIGHBOURS; i++) {
                    RowTaps.Tap tap = taps.recording();
                    engine.submit(close(model, i, tokens, tap)).result();
                    alone.add(tap);
                }
            }
            try (Engine engine = taps.start()) {
                List<RowTaps.Tap> among = new ArrayList<>();
                List<Generation> streams = new ArrayList<>();
                for (int i = 0; i < NEIGHBOURS; i++) {
                    RowTaps.Tap tap = taps.comparingWith(alone.get(i));
                    among.add(tap);
                    streams.add(engine.submit(close(model, i, tokens, tap)));
                }
                streams.forEach(Generation::result);
                among.forEach(RowTaps.Tap::checkClose);
                LOGGER.log(
                        System.Logger.Level.INFO,
                        "{0}: {1} of {2} answers differ without the option, the largest difference of a logit is {3}",
                        file.getFileName(),
                        among.stream().filter(RowTaps.Tap::differs).count(),
                        NEIGHBOURS,
                        among.stream()
                                .mapToDouble(RowTaps.Tap::largestDifference)
                                .max()
                                .orElseThrow());
            }
        }
    }

    private static ContextOptions context() {
        return TinyChatEngines.context().contextSize(NEIGHBOURS * 256).build();
    }

    private static EngineRequest close(Model model, int number, int tokens, RowTaps.Tap tap) {
        return request(model, number, tokens).toBuilder()
                .sampling(SamplingOptions.greedy())
                .constraint(() -> tap)
                .build();
    }

    /** Gives up a stream that has begun for a new one of the same request, so that the others see it come and go. */
    private static Generation rest(Generation begun, Engine engine, EngineRequest request) {
        begun.close();
        return engine.submit(request);
    }

    private static EngineRequest request(Model model, int number, int tokens) {
        String text = "Tell me " + "more and ".repeat(number) + "what you know about the number " + number + ".";
        SamplingOptions sampling = number % 2 == 0
                ? SamplingOptions.greedy()
                : SamplingOptions.builder().seed(number).temperature(1).build();
        return EngineRequest.builder(model.tokenizer().encode(text, true, true))
                .sampling(sampling)
                .maxTokens(tokens)
                .ignoreEndOfGeneration(true)
                .logprobs(2)
                .build();
    }
}
