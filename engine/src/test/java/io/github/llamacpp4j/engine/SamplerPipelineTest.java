package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerPipelineTest {

    private static final float IMPOSSIBLE = 1e-30f;
    private static final Set<Integer> BREAKERS = Set.of(3, 5);
    private static final DryBreakers DRY_BREAKERS = DryBreakers.ofTokens(List.of(new int[] {3}, new int[] {5}));

    static Stream<SamplingOptions> variants() {
        SamplingOptions.Builder off =
                SamplingOptions.builder().topK(0).topP(1).minP(0).temperature(1);
        return Stream.of(
                SamplingOptions.defaults(),
                SamplingOptions.greedy(),
                off.build(),
                off.build().toBuilder().topK(1).build(),
                off.build().toBuilder().topK(200).temperature(0.7).build(),
                off.build().toBuilder().topK(30_000).build(),
                off.build().toBuilder().topP(0.9).temperature(1.3).build(),
                off.build().toBuilder().topP(0.999).build(),
                off.build().toBuilder().topP(0.0).minKeep(7).build(),
                off.build().toBuilder().minP(0.1).build(),
                off.build().toBuilder().minP(0.9).minKeep(5).build(),
                off.build().toBuilder().typicalP(0.6).build(),
                off.build().toBuilder().typicalP(0.2).minKeep(12).topK(100).build(),
                off.build().toBuilder().topNSigma(1.5).build(),
                off.build().toBuilder().topNSigma(1).topK(60).topP(0.8).build(),
                off.build().toBuilder()
                        .repeatPenalty(1.3)
                        .frequencyPenalty(0.2)
                        .presencePenalty(-0.1)
                        .penaltyLastTokens(20)
                        .build(),
                off.build().toBuilder().dryMultiplier(0.8).build(),
                off.build().toBuilder()
                        .dryMultiplier(0.5)
                        .dryAllowedLength(0)
                        .dryLastTokens(30)
                        .build(),
                off.build().toBuilder().dynamicTemperatureRange(0.5).topK(50).build(),
                off.build().toBuilder()
                        .temperature(0.3)
                        .dynamicTemperatureRange(0.6)
                        .dynamicTemperatureExponent(1.7)
                        .build(),
                off.build().toBuilder()
                        .logitBias(List.of(
                                new LogitBias(0, 3f), new LogitBias(1, Float.NEGATIVE_INFINITY), new LogitBias(0, 1f)))
                        .build(),
                SamplingOptions.builder()
                        .order(SamplerOrder.parse("top_k;temperature;penalties;min-p;dry"))
                        .repeatPenalty(1.5)
                        .dryMultiplier(1)
                        .build(),
                SamplingOptions.builder().order(SamplerOrder.of()).build());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void leavesTheCandidatesAndProbabilitiesOfThePlainReference(SamplingOptions options) {
        Random random = new Random(42);
        for (int vocabularySize : new int[] {7, 64, 300, 5_000, 49_152}) {
            Candidates candidates = new Candidates(vocabularySize);
            for (int round = 0; round < (vocabularySize > 1000 ? 2 : 20); round++) {
                float[] logits = logits(random, vocabularySize);
                List<Integer> history = history(random, vocabularySize);
                SamplerPipeline pipeline = SamplerPipeline.of(options, vocabularySize, DRY_BREAKERS, 1);
                history.forEach(pipeline::accept);
                System.arraycopy(logits, 0, candidates.nextRow(), 0, vocabularySize);

                int token = pipeline.sample(candidates);

                Map<Integer, Double> expected = probable(ReferenceSamplers.run(options, logits, history, BREAKERS));
                Map<Integer, Double> actual = probable(candidates);
                assertThat(actual.keySet()).isEqualTo(expected.keySet());
                expected.forEach((t, p) -> assertThat(actual.get(t)).isCloseTo(p, within(1e-5)));
                assertThat(expected).containsKey(token);
                assertThat(candidates.token(candidates.selected())).isEqualTo(token);
            }
        }
    }

    @Test
    void drawsFollowTheProbabilities() {
        float[] logits = {1, 2, 3, 0, -1};
        SamplingOptions options =
                SamplingOptions.builder().topK(4).topP(1).minP(0).temperature(1).build();
        SamplerPipeline pipeline = SamplerPipeline.of(options, 5, DRY_BREAKERS, 7);
        Candidates candidates = new Candidates(5);
        int[] counts = new int[5];
        int draws = 200_000;
        for (int i = 0; i < draws; i++) {
            System.arraycopy(logits, 0, candidates.nextRow(), 0, 5);
            counts[pipeline.sample(candidates)]++;
        }
        for (int i = 0; i < candidates.size(); i++) {
            assertThat((double) counts[candidates.token(i)] / draws)
                    .isCloseTo(candidates.probability(i), within(0.005));
        }
        assertThat(counts[4]).isZero();
    }

    @Test
    void aChoiceKnowsNothingOfTheGreedyOneBeforeIt() {
        float[] logits = {1, 2, 3, 0, -1};
        Candidates candidates = new Candidates(5);
        System.arraycopy(logits, 0, candidates.nextRow(), 0, 5);
        SamplerPipeline.of(SamplingOptions.greedy(), 5, DRY_BREAKERS, 1).sample(candidates);
        assertThat(candidates.probability(2)).isOne();
        assertThat(candidates.probability(1)).isZero();
        SamplingOptions drawing = SamplingOptions.builder()
                .order(SamplerOrder.of(SamplerKind.TEMPERATURE))
                .temperature(1)
                .build();
        SamplerPipeline.of(drawing, 5, DRY_BREAKERS, 1).sample(candidates);
        assertThat((double) candidates.probability(1) / candidates.probability(2))
                .isCloseTo(Math.exp(-1), within(1e-5));
    }

    @Test
    void equalSeedsDrawEqualTokensAndAnOpenSeedIsTold() {
        SamplingOptions options =
                SamplingOptions.builder().seed(99).temperature(2).build();
        assertThat(drawMany(SamplerPipeline.of(options, new FakeVocabulary(1000))))
                .isEqualTo(drawMany(SamplerPipeline.of(options, new FakeVocabulary(1000))));

        SamplerPipeline open =
                SamplerPipeline.of(options.toBuilder().randomSeed().build(), new FakeVocabulary(1000));
        SamplingOptions told = options.toBuilder().seed(open.seed()).build();
        assertThat(drawMany(open)).isEqualTo(drawMany(SamplerPipeline.of(told, new FakeVocabulary(1000))));
    }

    private static List<Integer> drawMany(SamplerPipeline pipeline) {
        Random random = new Random(5);
        Candidates candidates = new Candidates(1000);
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            System.arraycopy(logits(random, 1000), 0, candidates.nextRow(), 0, 1000);
            tokens.add(pipeline.sample(candidates));
        }
        return tokens;
    }

    @Test
    void greedyTakesTheFirstOfEqualLogits() {
        float[] logits = new float[500];
        logits[77] = logits[78] = logits[400] = 2f;
        for (SamplingOptions options : List.of(
                SamplingOptions.greedy(),
                SamplingOptions.builder()
                        .temperature(0)
                        .xtcProbability(1)
                        .xtcThreshold(0.5)
                        .build(),
                SamplingOptions.builder().temperature(-1).mirostat(Mirostat.V2).build())) {
            assertThat(sampleOnce(options, logits)).isEqualTo(77);
        }
    }

    @Test
    void topKKeepsTheLowestOfEqualTokens() {
        Candidates candidates = new Candidates(10_000);
        java.util.Arrays.fill(candidates.nextRow(), 1f);
        candidates.keepLargest(3);
        assertThat(List.of(candidates.token(0), candidates.token(1), candidates.token(2)))
                .containsExactly(0, 1, 2);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aBrokenLogitAnywhereIsATypedError(float broken) {
        variants().forEach(options -> {
            for (int at : new int[] {0, 63, 64, 299}) {
                float[] logits = logits(new Random(at), 300);
                logits[at] = broken;
                assertThatThrownBy(() -> sampleOnce(options, logits))
                        .isInstanceOf(InvalidLogitsException.class)
                        .hasMessageContaining("expected logits that are numbers below infinity");
            }
        });
    }

    @Test
    void aRowWithoutAnyPossibleTokenIsATypedError() {
        float[] logits = new float[300];
        java.util.Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        variants()
                .forEach(options -> assertThatThrownBy(() -> sampleOnce(options, logits))
                        .isInstanceOf(InvalidLogitsException.class)
                        .hasMessageContaining("every token is excluded"));
    }

    @Test
    void excludedTokensAreNeverDrawnByAnyVariant() {
        float[] logits = new float[300];
        java.util.Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        logits[123] = -50f;
        Stream.concat(
                        variants(),
                        Stream.of(
                                SamplingOptions.builder().mirostat(Mirostat.V1).build(),
                                SamplingOptions.builder().mirostat(Mirostat.V2).build(),
                                SamplingOptions.builder().xtcProbability(1).build()))
                .forEach(options -> assertThat(sampleOnce(options, logits)).isEqualTo(123));
    }

    @Test
    void extremeTemperaturesStayFinite() {
        float[] logits = {1e30f, 3e30f, -1e30f};
        assertThat(sampleOnce(
                        SamplingOptions.builder().temperature(1e-30).topK(0).build(), logits))
                .isEqualTo(1);
        assertThat(sampleOnce(SamplingOptions.builder().temperature(1e30).build(), logits))
                .isBetween(0, 2);
    }

    @Test
    void xtcDropsAllTopChoicesButTheLeastLikely() {
        float[] logits = {3, 2.9f, 2.8f, 0, -1};
        Candidates candidates = new Candidates(5);
        System.arraycopy(logits, 0, candidates.nextRow(), 0, 5);
        SamplingOptions options = SamplingOptions.builder()
                .xtcProbability(1)
                .xtcThreshold(0.2)
                .topK(0)
                .topP(1)
                .minP(0)
                .temperature(1)
                .build();

        SamplerPipeline.of(options, 5, DRY_BREAKERS, 1).sample(candidates);

        assertThat(probable(candidates).keySet()).containsExactlyInAnyOrder(2, 3, 4);
    }

    @Test
    void mirostatV2CutsAtTheTargetSurpriseAndAdapts() {
        Random random = new Random(3);
        SamplingOptions options = SamplingOptions.builder()
                .mirostat(Mirostat.V2)
                .mirostatTau(3)
                .temperature(1)
                .build();
        SamplerPipeline pipeline = SamplerPipeline.of(options, 5000, DRY_BREAKERS, 1);
        Candidates candidates = new Candidates(5000);
        double mu = 6;
        double surprises = 0;
        int rounds = 400;
        for (int round = 0; round < rounds; round++) {
            float[] logits = logits(random, 5000);
            System.arraycopy(logits, 0, candidates.nextRow(), 0, 5000);
            pipeline.sample(candidates);
            List<ReferenceSamplers.Entry> expected = ReferenceSamplers.topK(ReferenceSamplers.row(logits), 5000);
            ReferenceSamplers.softmax(expected);
            double limit = mu;
            long kept = Math.max(
                    1,
                    expected.stream()
                            .takeWhile(e -> -Math.log(e.p) / Math.log(2) <= limit)
                            .count());
            assertThat(candidates.size()).isEqualTo((int) kept);
            double surprise = -Math.log(candidates.probability(candidates.selected())) / Math.log(2);
            surprises += surprise;
            mu -= 0.1 * (surprise - 3);
        }
        assertThat(surprises / rounds).isCloseTo(3, within(0.4));
    }

    @Test
    void mirostatV1HoldsTheSurpriseNearItsTarget() {
        Random random = new Random(3);
        SamplingOptions options = SamplingOptions.builder()
                .mirostat(Mirostat.V1)
                .mirostatTau(4)
                .temperature(1)
                .build();
        SamplerPipeline pipeline = SamplerPipeline.of(options, 5000, DRY_BREAKERS, 1);
        Candidates candidates = new Candidates(5000);
        double surprises = 0;
        for (int round = 0; round < 600; round++) {
            System.arraycopy(logits(random, 5000), 0, candidates.nextRow(), 0, 5000);
            pipeline.sample(candidates);
            surprises -= Math.log(candidates.probability(candidates.selected())) / Math.log(2);
        }
        assertThat(surprises / 600).isCloseTo(4, within(0.6));
    }

    @Test
    void adaptivePDrawsNearItsTarget() {
        float[] logits = new float[10];
        for (int i = 0; i < 10; i++) {
            logits[i] = (float) Math.log(i == 0 ? 0.55 : 0.05);
        }
        SamplingOptions options = SamplingOptions.builder()
                .order(SamplerOrder.of(SamplerKind.ADAPTIVE_P))
                .adaptiveTarget(0.3)
                .build();
        SamplerPipeline pipeline = SamplerPipeline.of(options, 10, DRY_BREAKERS, 11);
        Candidates candidates = new Candidates(10);
        double sum = 0;
        for (int i = 0; i < 4000; i++) {
            System.arraycopy(logits, 0, candidates.nextRow(), 0, 10);
            int token = pipeline.sample(candidates);
            pipeline.accept(token);
            sum += token == 0 ? 0.55 : 0.05;
            if (i == 0) {
                double near = Math.exp(-10 * 0.25 / 0.3 * 0.25 / 0.3 / (1 + 0.25 / 0.3));
                assertThat((double) candidates.probability(0)).isCloseTo(near / (10 * near), within(1e-5));
            }
        }
        assertThat(sum / 4000).isCloseTo(0.3, within(0.06));
    }

    @Test
    void aBiasOutsideTheVocabularyIsRefused() {
        SamplingOptions options = SamplingOptions.builder()
                .logitBias(List.of(new LogitBias(1000, 1f)))
                .build();
        assertThatThrownBy(() -> SamplerPipeline.of(options, new FakeVocabulary(1000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("below the vocabulary size 1000, got 1000");
    }

    @Test
    void samplingAllocatesNothing() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        Random random = new Random(1);
        float[] logits = logits(random, 20_000);
        variants().forEach(options -> {
            SamplerPipeline pipeline = SamplerPipeline.of(options, 20_000, DRY_BREAKERS, 1);
            Candidates candidates = new Candidates(20_000);
            long[] allocated = new long[1];
            for (int round = 0; round < 3; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 5; i++) {
                    System.arraycopy(logits, 0, candidates.nextRow(), 0, 20_000);
                    pipeline.accept(pipeline.sample(candidates));
                }
                allocated[0] = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated[0]).as("bytes allocated by %s", options).isLessThan(500);
        });
    }

    private static int sampleOnce(SamplingOptions options, float[] logits) {
        Candidates candidates = new Candidates(logits.length);
        System.arraycopy(logits, 0, candidates.nextRow(), 0, logits.length);
        return SamplerPipeline.of(options, logits.length, DRY_BREAKERS, 1).sample(candidates);
    }

    private static float[] logits(Random random, int size) {
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
            logits[i] = (float) random.nextGaussian() * 3;
        }
        return logits;
    }

    private static List<Integer> history(Random random, int vocabularySize) {
        List<Integer> history = new ArrayList<>();
        for (int i = random.nextInt(120); i > 0; i--) {
            history.add(random.nextInt(Math.min(vocabularySize, 6)));
        }
        return history;
    }

    private static Map<Integer, Double> probable(List<ReferenceSamplers.Entry> entries) {
        Map<Integer, Double> result = new TreeMap<>();
        entries.stream().filter(e -> e.p > IMPOSSIBLE).forEach(e -> result.put(e.token, e.p));
        return result;
    }

    private static Map<Integer, Double> probable(Candidates candidates) {
        Map<Integer, Double> result = new TreeMap<>();
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.probability(i) > IMPOSSIBLE) {
                result.put(candidates.token(i), (double) candidates.probability(i));
            }
        }
        return result;
    }
}
