package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.TinyMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose memory cannot be cut reuse prefixes, and answer as if they had read everything. */
@Timeout(120)
class CheckpointsIT {

    private static final int ANSWER = 20;

    @TempDir
    private Path folder;

    private Model load(TinyMemory memory) {
        return Model.load(memory.writeTo(folder.resolve(memory + ".gguf")));
    }

    private static Engine start(Model model, EngineOptions.Builder options) {
        return Engine.start(
                model,
                ContextOptions.builder()
                        .contextSize(4096)
                        .threads(1)
                        .batchThreads(1)
                        .build(),
                options.build());
    }

    private static EngineRequest.Builder request(int... prompt) {
        return EngineRequest.builder(prompt)
                .sampling(SamplingOptions.greedy())
                .ignoreEndOfGeneration(true)
                .logprobs(1)
                .maxTokens(ANSWER);
    }

    private static int[] text(Model model, int seed, int length) {
        return new Random(seed)
                .ints(length, 3, model.tokenizer().size())
                .filter(token -> !model.tokenizer().isEndOfGeneration(token))
                .toArray();
    }

    private static int[] join(int[] first, int... second) {
        int[] joined = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static int[] ids(Completion answer) {
        return answer.tokens().stream().mapToInt(token -> token).toArray();
    }

    /** Asks an engine that has read beginnings of this prompt, and one that must not use them. */
    private static int checkSame(Engine engine, int... prompt) {
        Completion reused = engine.submit(request(prompt).build()).result();
        Completion fresh =
                engine.submit(request(prompt).prefixCache(false).build()).result();
        assertSame(reused, fresh);
        assertThat(fresh.end().usage().cachedTokens()).isZero();
        return reused.end().usage().cachedTokens();
    }

    private static void assertSame(Completion reused, Completion fresh) {
        assertThat(reused.tokens()).isEqualTo(fresh.tokens());
        for (int i = 0; i < ANSWER; i++) {
            assertThat(reused.logprobs().get(i).chosen().logprob())
                    .isCloseTo(fresh.logprobs().get(i).chosen().logprob(), within(2e-3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConversationReusesWhatWasReadThoughAnswersAreRenderedAnotherWay(TinyMemory memory) {
        try (Model model = load(memory);
                Engine engine = start(model, EngineOptions.builder())) {
            int[] conversation = text(model, 1, 100);
            assertThat(checkSame(engine, conversation)).isZero();
            for (int turn = 2; turn < 8; turn++) {
                int before = conversation.length;
                conversation = join(conversation, text(model, turn, 40));
                assertThat(checkSame(engine, conversation)).isEqualTo(before - 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConversationGoesOnWhereTheAnswerEnded(TinyMemory memory) {
        try (Model model = load(memory);
                Engine engine = start(model, EngineOptions.builder())) {
            int[] prompt = text(model, 1, 100);
            Completion answer = engine.submit(request(prompt).build()).result();
            int[] next = join(join(prompt, ids(answer)), text(model, 2, 30));
            assertThat(checkSame(engine, next)).isEqualTo(prompt.length + ANSWER - 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void promptsThatBeginAlikeShareTheBeginningAlsoBesideOthers(TinyMemory memory) {
        try (Model model = load(memory);
                Engine engine = start(model, EngineOptions.builder().parallelSequences(4))) {
            int[] system = text(model, 1, 600);
            checkSame(engine, join(system, text(model, 2, 20)));
            for (int i = 3; i < 7; i++) {
                try (Generation neighbour = engine.submit(
                        request(text(model, -i, 50)).maxTokens(200).build())) {
                    neighbour.next();
                    assertThat(checkSame(engine, join(system, text(model, i, 20))))
                            .isEqualTo(512);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalSamplesReadTheirPromptOnce(TinyMemory memory) {
        try (Model model = load(memory);
                Engine engine = start(model, EngineOptions.builder().parallelSequences(4))) {
            int[] prompt = text(model, 1, 300);
            List<Completion> answers = engine.submit(request(prompt).build(), 4).stream()
                    .map(Generation::result)
                    .toList();
            assertThat(engine.stats().promptTokens()).isEqualTo(prompt.length + 3);
            Completion fresh =
                    engine.submit(request(prompt).prefixCache(false).build()).result();
            answers.forEach(answer -> assertSame(answer, fresh));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPinnedPrefixServesThoseThatBeginWithIt(TinyMemory memory) {
        try (Model model = load(memory);
                Engine engine = start(model, EngineOptions.builder())) {
            int[] system = text(model, 1, 90);
            try (PrefixPin pin = engine.pin(system)) {
                assertThat(pin).isNotNull();
                for (int i = 2; i < 5; i++) {
                    assertThat(checkSame(engine, join(system, text(model, i, 20))))
                            .isEqualTo(system.length);
                }
            }
        }
    }
}
