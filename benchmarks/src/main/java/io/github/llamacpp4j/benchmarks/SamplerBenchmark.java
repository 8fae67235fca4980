package io.github.llamacpp4j.benchmarks;

import io.github.llamacpp4j.engine.Candidates;
import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.engine.SamplerPipeline;
import io.github.llamacpp4j.engine.SamplingOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelOptions;
import io.github.llamacpp4j.model.Sampler;
import io.github.llamacpp4j.model.SamplerBuilder;
import io.github.llamacpp4j.testkit.base.TinyLlama;
import io.github.llamacpp4j.testkit.base.TinyVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Choosing a token in Java and by llama.cpp, each from a row of logits of its own, the copy into the candidates included on both
 * sides.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class SamplerBenchmark {

    private static final int ROWS = 8;
    private static final int TOP_K = 40;
    private static final float TOP_P = 0.95f;
    private static final float MIN_P = 0.05f;
    private static final float TEMPERATURE = 0.8f;

    /** The samplers. */
    public enum Chain {
        /** The largest logit. */
        GREEDY,
        /** The defaults: top-k 40, top-p 0.95, min-p 0.05, temperature 0.8. */
        DEFAULTS,
        /** Top-p 0.95 of the whole vocabulary, temperature 0.8. */
        TOP_P_OF_ALL,
        /** Min-p 0.05 of the whole vocabulary, temperature 0.8. */
        MIN_P_OF_ALL,
        /** The whole vocabulary at temperature 0.8. */
        NO_FILTER
    }

    /** The size of the vocabulary. */
    @Param({"49152", "151936"})
    public int vocabulary;

    /** The samplers of both sides. */
    @Param
    public Chain chain = Chain.DEFAULTS;

    private final float[][] rows = new float[ROWS][];
    private Path file = Path.of("");
    private Model model;
    private Sampler nativeChain;
    private SamplerPipeline pipeline;
    private Candidates candidates;
    private int next;

    /** Makes a model that is little more than its vocabulary, and some rows of logits. */
    @Setup
    public void open() throws IOException {
        file = Files.createTempFile("vocabulary", ".gguf");
        TinyLlama.of()
                .vocabulary(TinyVocabulary.bpe().filledTo(vocabulary))
                .vocabularyOnly()
                .writeTo(file);
        model = Model.load(file, ModelOptions.builder().vocabularyOnly(true).build());
        nativeChain = nativeChain();
        pipeline = SamplerPipeline.of(options(), new ModelVocabulary(model));
        candidates = new Candidates(vocabulary);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ROWS; i++) {
            rows[i] = new float[vocabulary];
            for (int token = 0; token < vocabulary; token++) {
                rows[i][token] = (float) random.nextGaussian() * 3;
            }
        }
    }

    private Sampler nativeChain() {
        SamplerBuilder samplers = Sampler.builder(model);
        return switch (chain) {
            case GREEDY -> samplers.greedy().build();
            case DEFAULTS ->
                samplers.topK(TOP_K)
                        .topP(TOP_P, 1)
                        .minP(MIN_P, 1)
                        .temperature(TEMPERATURE)
                        .distribution(1)
                        .build();
            case TOP_P_OF_ALL ->
                samplers.topP(TOP_P, 1).temperature(TEMPERATURE).distribution(1).build();
            case MIN_P_OF_ALL ->
                samplers.minP(MIN_P, 1).temperature(TEMPERATURE).distribution(1).build();
            case NO_FILTER -> samplers.temperature(TEMPERATURE).distribution(1).build();
        };
    }

    private SamplingOptions options() {
        SamplingOptions.Builder off = SamplingOptions.builder()
                .topK(0)
                .topP(1)
                .minP(0)
                .temperature(TEMPERATURE)
                .seed(1);
        return switch (chain) {
            case GREEDY -> SamplingOptions.greedy();
            case DEFAULTS -> off.topK(TOP_K).topP(TOP_P).minP(MIN_P).build();
            case TOP_P_OF_ALL -> off.topP(TOP_P).build();
            case MIN_P_OF_ALL -> off.minP(MIN_P).build();
            case NO_FILTER -> off.build();
        };
    }

    /** Frees the model. */
    @TearDown
    public void close() throws IOException {
        nativeChain.close();
        model.close();
        Files.deleteIfExists(file);
    }

    private float[] row() {
        next = next + 1 < ROWS ? next + 1 : 0;
        return rows[next];
    }

    /** The Java pipeline, the copy of the row included. */
    @Benchmark
    public int java() {
        System.arraycopy(row(), 0, candidates.nextRow(), 0, vocabulary);
        return pipeline.sample(candidates);
    }

    /** llama.cpp's chain, the filling of its array of candidates included. */
    @Benchmark
    public int llamaCpp() {
        return nativeChain.sample(row());
    }
}
