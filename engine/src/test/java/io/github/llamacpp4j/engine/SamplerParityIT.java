package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.DryOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Sampler;
import io.github.llamacpp4j.model.SamplerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Java pipeline and llama.cpp's own chain draw the same tokens from the same logits with the same seed. A draw depends on the
 * candidates, their order and their probabilities, so a long run of equal draws shows that these agree.
 */
class SamplerParityIT {

    private static final int SEED = 1234;

    private static Model model;
    private static List<float[]> rows;

    @BeforeAll
    static void load() {
        model = TinyChatEngines.load();
        rows = new ArrayList<>();
        Random random = new Random(1);
        try (Context context = model.newContext(TinyChatEngines.context().build())) {
            context.append(0, TinyChatEngines.question(model, "Tell me a story about a dragon."));
            for (int i = 0; i < 60; i++) {
                float[] row = context.logits(-1);
                rows.add(row);
                context.append(0, 100 + random.nextInt(row.length - 100));
            }
        }
        for (int i = 0; i < 60; i++) {
            float[] row = new float[rows.getFirst().length];
            for (int token = 0; token < row.length; token++) {
                row[token] = (float) random.nextGaussian() * 3;
            }
            rows.add(row);
        }
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    private static Arguments pair(
            String name, SamplingOptions.Builder options, UnaryOperator<SamplerBuilder> nativeChain) {
        return Arguments.of(name, options.seed(SEED).build(), nativeChain);
    }

    private static SamplingOptions.Builder off() {
        return SamplingOptions.builder().topK(0).topP(1).minP(0).temperature(1);
    }

    static Stream<Arguments> chains() {
        return Stream.of(
                pair(
                        "defaults",
                        SamplingOptions.builder(),
                        chain -> chain.topK(40)
                                .topP(0.95f, 0)
                                .minP(0.05f, 0)
                                .temperature(0.8f)
                                .distribution(SEED)),
                pair("greedy", SamplingOptions.builder().temperature(0), SamplerBuilder::greedy),
                pair("no filter", off(), chain -> chain.distribution(SEED)),
                pair("top-k", off().topK(7), chain -> chain.topK(7).distribution(SEED)),
                pair("large top-k", off().topK(700), chain -> chain.topK(700).distribution(SEED)),
                pair("top-p", off().topP(0.8), chain -> chain.topP(0.8f, 0).distribution(SEED)),
                pair("min-p", off().minP(0.02), chain -> chain.minP(0.02f, 0).distribution(SEED)),
                pair(
                        "typical",
                        off().topK(100).typicalP(0.7),
                        chain -> chain.topK(100).typical(0.7f, 0).distribution(SEED)),
                pair(
                        "top-n-sigma",
                        off().topNSigma(2),
                        chain -> chain.topNSigma(2).distribution(SEED)),
                pair("hot", off().temperature(3), chain -> chain.temperature(3).distribution(SEED)),
                pair(
                        "dynamic temperature",
                        off().topK(60)
                                .temperature(1)
                                .dynamicTemperatureRange(0.7)
                                .dynamicTemperatureExponent(1.3),
                        chain ->
                                chain.topK(60).dynamicTemperature(1, 0.7f, 1.3f).distribution(SEED)),
                pair(
                        "xtc",
                        off().topK(40).xtcProbability(0.6).xtcThreshold(0.1),
                        chain -> chain.topK(40).xtc(0.6f, 0.1f, 0, SEED).distribution(SEED)),
                pair(
                        "penalties",
                        off().topK(40)
                                .repeatPenalty(1.4)
                                .frequencyPenalty(0.3)
                                .presencePenalty(0.2)
                                .penaltyLastTokens(16),
                        chain -> chain.penalties(16, 1.4f, 0.3f, 0.2f).topK(40).distribution(SEED)),
                pair(
                        "dry",
                        off().topK(5).dryMultiplier(2).dryAllowedLength(1).dryLastTokens(64),
                        chain -> chain.dry(new DryOptions(2f, 1.75f, 1, 64, List.of("\n", ":", "\"", "*")))
                                .topK(5)
                                .distribution(SEED)),
                pair(
                        "logit bias",
                        off().topK(40).logitBias(List.of(new LogitBias(300, 5f), new LogitBias(301, -5f))),
                        chain -> chain.logitBias(Map.of(300, 5f, 301, -5f))
                                .topK(40)
                                .distribution(SEED)),
                pair(
                        "mirostat 1",
                        off().mirostat(Mirostat.V1).mirostatTau(3),
                        chain -> chain.mirostat(SEED, 3, 0.1f, 100)),
                pair(
                        "mirostat 2",
                        off().mirostat(Mirostat.V2).mirostatTau(3),
                        chain -> chain.mirostatV2(SEED, 3, 0.1f)),
                pair(
                        "adaptive-p",
                        off().topK(50)
                                .order(SamplerOrder.of(SamplerKind.TOP_K, SamplerKind.ADAPTIVE_P))
                                .adaptiveTarget(0.4),
                        chain -> chain.topK(50).adaptiveP(0.4f, 0.9f, SEED)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void drawsWhatTheNativeChainDraws(String name, SamplingOptions options, UnaryOperator<SamplerBuilder> nativeChain) {
        SamplerPipeline pipeline = SamplerPipeline.of(options, new ModelVocabulary(model));
        Candidates candidates = new Candidates(rows.getFirst().length);
        List<Integer> expected = new ArrayList<>();
        List<Integer> actual = new ArrayList<>();
        try (Sampler chain = nativeChain.apply(Sampler.builder(model)).build()) {
            for (int round = 0; round < 5; round++) {
                for (float[] row : rows) {
                    expected.add(chain.sample(row));
                    System.arraycopy(row, 0, candidates.nextRow(), 0, row.length);
                    int token = pipeline.sample(candidates);
                    actual.add(token);
                    if (!name.equals("greedy")) {
                        assertSameProbabilities(candidates, chain.probabilities());
                    }
                    pipeline.accept(token);
                }
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    private static void assertSameProbabilities(Candidates candidates, float[] expected) {
        float[] actual = new float[expected.length];
        for (int i = 0; i < candidates.size(); i++) {
            actual[candidates.token(i)] = candidates.probability(i);
        }
        for (int token = 0; token < expected.length; token++) {
            if (Math.abs(actual[token] - expected[token]) > 1e-5 || (actual[token] > 0) != (expected[token] > 0)) {
                throw new AssertionError("token " + token + ": " + actual[token] + " instead of " + expected[token]);
            }
        }
    }
}
