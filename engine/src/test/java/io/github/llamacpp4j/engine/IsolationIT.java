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

/** With the option {@code deterministic} an answer is the same to the last bit, whatever else the engine is doing. */
@Timeout(600)
class IsolationIT {

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
        ContextOptions context = ContextOptions.builder()
                .contextSize(NEIGHBOURS * 256)
                .threads(1)
                .batchThreads(1)
                .build();
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
