package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Once warm, choosing a token allocates nothing. */
class SamplerAllocationTest {

    private static final int VOCABULARY = 4096;
    private static final int WARM_UP = 6000;
    private static final int MEASURED = 500;

    static Stream<Arguments> samplers() {
        return Stream.of(
                Arguments.of("greedy", SamplingOptions.builder().temperature(0)),
                Arguments.of("defaults", SamplingOptions.builder()),
                Arguments.of("no filter", off()),
                Arguments.of("top-p of all", off().topP(0.9)),
                Arguments.of("min-p of all", off().minP(0.05)),
                Arguments.of("typical", off().topK(200).typicalP(0.7)),
                Arguments.of("top-n-sigma", off().topNSigma(2)),
                Arguments.of("xtc", off().topK(40).xtcProbability(0.5).xtcThreshold(0.1)),
                Arguments.of("dynamic temperature", off().topK(60).dynamicTemperatureRange(0.5)),
                Arguments.of(
                        "penalties",
                        SamplingOptions.builder()
                                .repeatPenalty(1.3)
                                .frequencyPenalty(0.2)
                                .presencePenalty(0.1)
                                .penaltyLastTokens(64)),
                Arguments.of("dry", SamplingOptions.builder().dryMultiplier(0.8).dryLastTokens(64)),
                Arguments.of("logit bias", SamplingOptions.builder().logitBias(List.of(new LogitBias(7, 3f)))),
                Arguments.of("mirostat 1", off().mirostat(Mirostat.V1)),
                Arguments.of("mirostat 2", off().mirostat(Mirostat.V2)),
                Arguments.of(
                        "adaptive-p",
                        off().topK(50)
                                .order(SamplerOrder.of(SamplerKind.TOP_K, SamplerKind.ADAPTIVE_P))
                                .adaptiveTarget(0.4)));
    }

    private static SamplingOptions.Builder off() {
        return SamplingOptions.builder().topK(0).topP(1).minP(0).temperature(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samplers")
    void nothingIsAllocatedPerToken(String name, SamplingOptions.Builder options) {
        SamplerPipeline pipeline =
                SamplerPipeline.of(options.seed(1).build(), VOCABULARY, DryBreakers.ofTokens(List.of()), 1);
        Candidates candidates = new Candidates(VOCABULARY);
        float[] row = new float[VOCABULARY];
        SplittableRandom random = new SplittableRandom(1);
        for (int token = 0; token < row.length; token++) {
            row[token] = (float) random.nextGaussian() * 3;
        }
        choose(WARM_UP, pipeline, candidates, row);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        choose(MEASURED, pipeline, candidates, row);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes for %d tokens by %s", MEASURED, name).isLessThan(MEASURED);
    }

    private static void choose(int tokens, SamplerPipeline pipeline, Candidates candidates, float[] row) {
        for (int i = 0; i < tokens; i++) {
            System.arraycopy(row, 0, candidates.nextRow(), 0, row.length);
            pipeline.accept(pipeline.sample(candidates));
        }
    }
}
