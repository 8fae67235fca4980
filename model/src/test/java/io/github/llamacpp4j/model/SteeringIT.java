package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufTensor;
import io.github.llamacpp4j.testkit.base.TestModels;
import io.github.llamacpp4j.testkit.base.TinyLlama;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes a context while it lives: control vectors, embeddings as input, threads; and what a chain measures. */
class SteeringIT {

    private static final int[] TOKENS = {5, 100, 200, 300};

    @SuppressWarnings("NullAway.Init")
    private static Model model;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeAll
    static void load() {
        model = Model.load(TestModels.tinychat());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aControlVectorChangesTheLogitsAndCanBeTakenAway() {
        try (Context context = model.newContext(Contexts.small().build())) {
            float[] plain = logits(context);
            context.setControlVector(vector(0.5f, 1, 2));
            float[] steered = logits(context);
            assertThat(steered).isNotEqualTo(plain);
            context.setControlVector(vector(0.5f, 2));
            assertThat(logits(context)).isNotEqualTo(plain).isNotEqualTo(steered);
            context.setControlVector(vector(0.5f, 1, 2));
            assertThat(logits(context)).isEqualTo(steered);
            context.removeControlVector();
            assertThat(logits(context)).isEqualTo(plain);
        }
    }

    @Test
    void onlyTheLayersAskedForAreSteered() {
        int last = model.info().layers() - 1;
        try (Context context = model.newContext(Contexts.small().build())) {
            float[] plain = logits(context);
            ControlVector vector = vector(0.5f, 1);
            context.setControlVector(vector, 2, last);
            assertThat(logits(context)).isEqualTo(plain);
            context.setControlVector(vector, 1, 1);
            assertThat(logits(context)).isNotEqualTo(plain);
        }
    }

    @Test
    void vectorsAndLayersThatDoNotFitAreRefused() {
        int layers = model.info().layers();
        try (Context context = model.newContext(Contexts.small().build())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.setControlVector(ControlVector.of(Map.of(1, new float[7]))))
                    .withMessageContaining("found 7");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.setControlVector(vector(1, layers)))
                    .withMessageContaining("found one for layer " + layers);
            assertThatIllegalArgumentException().isThrownBy(() -> context.setControlVector(vector(1, 1), 0, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> context.setControlVector(vector(1, 1), 2, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> context.setControlVector(vector(1, 1), 1, layers));
        }
    }

    @Test
    void embeddingsOfTheTokensGiveTheLogitsOfTheTokens() {
        Path file = TinyLlama.of().matrixType(GgmlType.F32).writeTo(folder.resolve("tiny.gguf"));
        try (Model tiny = Model.load(file);
                Context context = tiny.newContext(Contexts.small().build())) {
            context.append(0, TOKENS);
            float[] expected = context.logits(-1);
            context.memory().clear(false);
            float[][] rows = rows(file, TOKENS);
            Batch batch = Batch.ofEmbeddings(TOKENS.length, rows[0].length);
            for (int i = 0; i < TOKENS.length; i++) {
                batch.add(rows[i], i, 0, i == TOKENS.length - 1);
            }
            context.decode(batch);
            assertThat(context.logits(-1)).isEqualTo(expected);
            context.append(0, 7);
            assertThat(context.memory().lastPosition(0)).isEqualTo(TOKENS.length);
        }
    }

    @Test
    void embeddingsAreComputedInPartsAsTokensAre() {
        int size = model.info().inputEmbeddingSize();
        Batch batch = Batch.ofEmbeddings(40, size);
        for (int i = 0; i < 40; i++) {
            float[] embedding = new float[size];
            Arrays.fill(embedding, i / 100f);
            embedding[i] = 1;
            batch.add(embedding, i, 0, i == 39);
        }
        try (Context whole = model.newContext(Contexts.small().build());
                Context parts = model.newContext(
                        Contexts.small().batchSize(16).microBatchSize(16).build())) {
            whole.decode(batch);
            parts.decode(batch);
            assertThat(parts.memory().lastPosition(0)).isEqualTo(39);
            assertThat(argmax(parts.logits(-1))).isEqualTo(argmax(whole.logits(-1)));
        }
    }

    @Test
    void threadsMayBeSetAboveAndBelowWhatTheContextWasMadeWith() {
        int processors = Runtime.getRuntime().availableProcessors();
        try (Context context = model.newContext(Contexts.small().build())) {
            float[] one = logits(context);
            context.setThreads(ContextOptions.AVAILABLE_PROCESSORS, 1);
            assertThat(context.threads()).isEqualTo(processors);
            assertThat(context.batchThreads()).isEqualTo(1);
            context.append(0, 7);
            context.setThreads(Integer.MAX_VALUE, Integer.MAX_VALUE);
            assertThat(context.batchThreads()).isEqualTo(processors);
            assertThat(argmax(logits(context))).isEqualTo(argmax(one));
            context.append(0, 7);
            context.setThreads(1, 1);
            assertThat(logits(context)).isEqualTo(one);
        }
    }

    @Test
    void aContextWithMoreThreadsThanAtFirstLogsNoWarning() {
        try (Context context = model.newContext(Contexts.small().build())) {
            context.setThreads(ContextOptions.AVAILABLE_PROCESSORS, ContextOptions.AVAILABLE_PROCESSORS);
            long mark = NativeRuntime.logMark();
            logits(context);
            context.append(0, 7);
            assertThat(NativeRuntime.linesSince(mark)).noneMatch(line -> line.contains("more threads"));
        }
    }

    @Test
    void aChainCountsTokensAndMeasuresOnRequest() {
        float[] logits = new float[model.tokenizer().size()];
        logits[3] = 1;
        try (Sampler silent = Sampler.builder(model).greedy().build();
                Sampler measured = Sampler.builder(model)
                        .performanceCounters(true)
                        .topP(0.9f, 1)
                        .distribution(1)
                        .build()) {
            for (int i = 0; i < 5; i++) {
                silent.sample(logits);
                measured.sample(logits);
            }
            measured.accept(3);
            assertThat(silent.performance()).isEqualTo(new SamplerCounters(Duration.ZERO, 5));
            assertThat(measured.performance().tokens()).isEqualTo(6);
            assertThat(measured.performance().sampling()).isPositive();
            measured.resetPerformance();
            assertThat(measured.performance()).isEqualTo(new SamplerCounters(Duration.ZERO, 0));
        }
    }

    private static ControlVector vector(float value, int... layers) {
        Map<Integer, float[]> directions = new HashMap<>();
        for (int layer : layers) {
            float[] direction = new float[model.info().embeddingSize()];
            Arrays.fill(direction, value);
            direction[layer] = -value;
            directions.put(layer, direction);
        }
        return ControlVector.of(directions);
    }

    private static float[] logits(Context context) {
        context.memory().clear(false);
        context.append(0, TOKENS);
        return context.logits(-1);
    }

    private static float[][] rows(Path file, int[] tokens) {
        GgufTensor table = GgufFile.read(file).tensor("token_embd.weight").orElseThrow();
        assertThat(table.type()).isEqualTo(GgmlType.F32);
        int size = Math.toIntExact(table.dimensions().getFirst());
        try (ByteRangeSource source = ByteRangeSource.ofFile(file)) {
            FloatBuffer numbers = table.read(source).asFloatBuffer();
            float[][] rows = new float[tokens.length][size];
            for (int i = 0; i < tokens.length; i++) {
                numbers.get(tokens[i] * size, rows[i]);
            }
            return rows;
        }
    }

    private static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
