package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.model.internal.ContextAccess;
import io.github.llamacpp4j.testkit.base.SharedCorpora;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class ContextIT extends PromptedModel {

    @Test
    void aBatchLargerThanTheContextsIsSplit() {
        int[] tokens = new int[300];
        Arrays.setAll(tokens, i -> prompt[i % prompt.length]);
        try (Context whole = model.newContext(Contexts.small().build());
                Context split = model.newContext(
                        Contexts.small().batchSize(32).microBatchSize(32).build())) {
            whole.append(0, tokens);
            split.append(0, tokens);
            assertThat(split.memory().lastPosition(0)).isEqualTo(299);
            float[] expected = whole.logits(-1);
            float[] found = split.logits(-1);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(0.3f));
            }
        }
    }

    @Test
    void logitsAreTheSameByEveryWay() {
        try (Context context = model.newContext(Contexts.small().build())) {
            Batch batch = new Batch(prompt.length);
            for (int i = 0; i < prompt.length; i++) {
                batch.add(prompt[i], i, 0, i % 2 == 0);
            }
            context.decode(batch);
            float[] copied = new float[context.vocabularySize() + 5];
            context.copyLogits(2, copied);
            assertThat(Arrays.copyOf(copied, context.vocabularySize())).isEqualTo(context.logits(2));
            float[] seen = ContextAccess.withLogits(context, 2, row -> row.toArray(ValueLayout.JAVA_FLOAT));
            assertThat(seen).isEqualTo(context.logits(2)).isNotEqualTo(context.logits(4));
        }
    }

    @Test
    void sequencesInOneBatchDoNotDisturbEachOther() {
        try (Context context = model.newContext(
                Contexts.small().maxSequences(3).unifiedCache(true).build())) {
            context.append(0, prompt);
            float[] alone = context.logits(-1);
            context.memory().clear(false);
            Batch batch = new Batch(3 * prompt.length);
            for (int s = 0; s < 3; s++) {
                for (int i = 0; i < prompt.length; i++) {
                    batch.add(s == 1 ? prompt[prompt.length - 1 - i] : prompt[i], i, s, i == prompt.length - 1);
                }
            }
            context.decode(batch);
            float[] first = context.logits(prompt.length - 1);
            for (int i = 0; i < alone.length; i++) {
                assertThat(first[i]).isCloseTo(alone[i], within(0.3f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCacheTypeComputes(KvCacheType type) {
        try (Context context =
                model.newContext(Contexts.small().keyType(type).valueType(type).build())) {
            context.append(0, prompt);
            assertThat(context.logits(-1)).doesNotContain(Float.NaN);
        }
    }

    @Test
    void memoryOperationsDoWhatTheySay() {
        try (Context context = model.newContext(
                Contexts.small().maxSequences(3).unifiedCache(true).build())) {
            ContextMemory memory = context.memory();
            context.append(0, prompt);
            int last = prompt.length - 1;
            assertThat(memory.firstPosition(0)).isZero();
            assertThat(memory.lastPosition(0)).isEqualTo(last);
            assertThat(memory.lastPosition(1)).isEqualTo(-1);
            memory.copy(0, 1);
            assertThat(memory.lastPosition(1)).isEqualTo(last);
            memory.copy(0, 2, 0, 4);
            assertThat(memory.lastPosition(2)).isEqualTo(3);
            assertThat(memory.remove(1, 5, ContextMemory.TO_THE_END)).isTrue();
            assertThat(memory.lastPosition(1)).isEqualTo(4);
            memory.keep(0);
            assertThat(memory.lastPosition(1)).isEqualTo(-1);
            assertThat(memory.lastPosition(2)).isEqualTo(-1);
            assertThat(memory.canShift()).isTrue();
            assertThat(memory.remove(0, 2, 5)).isTrue();
            memory.shift(0, 5, ContextMemory.TO_THE_END, -3);
            assertThat(memory.lastPosition(0)).isEqualTo(last - 3);
            context.append(0, prompt[0]);
            memory.divide(0, 0, ContextMemory.TO_THE_END, 2);
            assertThat(memory.lastPosition(0)).isEqualTo((last - 2) / 2);
            memory.clear(true);
            assertThat(memory.lastPosition(0)).isEqualTo(-1);
        }
    }

    @Test
    void keepWorksAcrossSplitStreams() {
        try (Context context = model.newContext(Contexts.small().maxSequences(3).build())) {
            context.append(0, prompt);
            context.memory().copy(0, 1);
            context.memory().copy(0, 2);
            context.memory().keep(1);
            assertThat(context.memory().lastPosition(0)).isEqualTo(-1);
            assertThat(context.memory().lastPosition(1)).isEqualTo(prompt.length - 1);
            assertThat(context.memory().lastPosition(2)).isEqualTo(-1);
        }
    }

    @Test
    void aRestoredStateContinuesIdentically(@TempDir Path folder) {
        Path whole = folder.resolve("whole.state");
        Path sequence = folder.resolve("sequence.state");
        float[] expected;
        try (Context context = model.newContext(Contexts.small().maxSequences(2).build())) {
            context.append(0, prompt);
            context.state().save(whole);
            context.state().saveSequence(0, sequence);
            context.append(0, prompt[0]);
            expected = context.logits(-1);
        }
        try (Context context = model.newContext(Contexts.small().maxSequences(2).build())) {
            context.state().restore(whole);
            context.append(0, prompt[0]);
            assertThat(context.logits(-1)).isEqualTo(expected);
            context.state().restoreSequence(1, sequence);
            assertThat(context.memory().lastPosition(1)).isEqualTo(prompt.length - 1);
            context.append(1, prompt[0]);
            assertThat(context.logits(-1)).isEqualTo(expected);
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void aCopyOfASequenceContinuesIdenticallyInItsContextAndNowhereElse() {
        try (Context context = model.newContext(Contexts.small().maxSequences(2).build());
                Context other =
                        model.newContext(Contexts.small().maxSequences(2).build())) {
            context.append(0, prompt);
            SequenceState copy = context.state().copySequence(0);
            assertThat(copy.sizeBytes()).isPositive();
            context.append(0, prompt[0]);
            float[] expected = context.logits(-1);
            context.memory().remove(0);
            for (int sequence = 1; sequence >= 0; sequence--) {
                context.state().restoreSequence(sequence, copy);
                context.append(sequence, prompt[0]);
                assertThat(context.logits(-1)).isEqualTo(expected);
            }
            assertThatThrownBy(() -> other.state().restoreSequence(0, copy)).isInstanceOf(StateException.class);
            copy.close();
            copy.close();
            assertThatThrownBy(() -> context.state().restoreSequence(0, copy)).isInstanceOf(StateException.class);
        }
    }

    @Test
    void countersCountOnlyWhenAskedTo() {
        try (Context counting = model.newContext(
                        Contexts.small().performanceCounters(true).build());
                Context silent = model.newContext(Contexts.small().build())) {
            for (Context context : List.of(counting, silent)) {
                context.append(0, prompt);
                context.logits(-1);
                context.append(0, prompt[0]);
                context.logits(-1);
            }
            assertThat(counting.performance().promptTokens()).isEqualTo(prompt.length);
            assertThat(counting.performance().evaluation()).isPositive();
            assertThat(silent.performance().evaluation()).isZero();
            counting.resetPerformance();
            assertThat(counting.performance().promptTokens()).isLessThan(prompt.length);
        }
    }

    @Test
    void everySamplerOfLlamaCppCanBeUsed() {
        DryOptions dry = new DryOptions(0.8f, 1.75f, 2, 64, List.of("\n", ":"));
        List<SamplerBuilder> chains = List.of(
                Sampler.builder(model).greedy(),
                Sampler.builder(model).distribution(7),
                Sampler.builder(model)
                        .penalties(64, 1.1f, 0.1f, 0.1f)
                        .dry(dry)
                        .topNSigma(1)
                        .topK(40)
                        .typical(0.9f, 1)
                        .topP(0.95f, 1)
                        .minP(0.05f, 1)
                        .xtc(0.5f, 0.1f, 1, 7)
                        .temperature(0.8f)
                        .distribution(7),
                Sampler.builder(model).dynamicTemperature(1, 0.5f, 1).distribution(7),
                Sampler.builder(model).temperature(0).distribution(7),
                Sampler.builder(model).mirostat(7, 5, 0.1f, 100),
                Sampler.builder(model).topK(1).mirostat(7, 5, 0.1f, 100),
                Sampler.builder(model).mirostatV2(7, 5, 0.1f),
                Sampler.builder(model).minP(0.1f, 1).adaptiveP(0.5f, 0.9f, 7),
                Sampler.builder(model).logitBias(Map.of(5, 100f)).greedy(),
                Sampler.builder(model).topK(20).topP(0.9f, 1).infill().distribution(7));
        try (Context context = model.newContext(Contexts.small().build())) {
            for (SamplerBuilder chain : chains) {
                context.memory().clear(false);
                context.append(0, prompt);
                try (Sampler sampler = chain.build();
                        Sampler copy = sampler.copy()) {
                    for (int i = 0; i < 8; i++) {
                        int token = sampler.sample(context, -1);
                        assertThat(copy.sample(context.logits(-1)))
                                .as("%s", sampler.stages())
                                .isEqualTo(token);
                        context.append(0, token);
                    }
                    sampler.reset();
                    sampler.accept(3);
                    sampler.sample(context, -1);
                }
            }
        }
    }

    @Test
    void aBiasDecidesAndASeedRepeats() {
        float[] logits = new float[model.tokenizer().size()];
        try (Sampler biased = Sampler.builder(model)
                        .logitBias(Map.of(77, 5f))
                        .greedy()
                        .build();
                Sampler first = Sampler.builder(model).distribution(42).build();
                Sampler second = Sampler.builder(model).distribution(42).build()) {
            assertThat(biased.sample(logits)).isEqualTo(77);
            assertThat(biased.seed()).isEmpty();
            assertThat(first.sample(logits)).isEqualTo(second.sample(logits));
            assertThat(first.seed()).hasValue(42);
        }
    }

    @Test
    void embeddingsAgreeWithTheReference() throws IOException {
        Path reference = SharedCorpora.require("models/all-minilm/minilm-reference.json");
        JsonNode cases = new ObjectMapper().readTree(Files.readString(reference));
        try (Model miniLm = Model.load(TestModels.miniLm());
                Context context = miniLm.newContext(
                        Contexts.small().batchSize(512).embeddings(true).build())) {
            assertThat(context.pooling()).isEqualTo(Pooling.MEAN);
            for (JsonNode one : cases.get("sentences")) {
                int[] ids = miniLm.tokenizer().encode(one.get("text").asString());
                assertThat(ids).isEqualTo(ints(one.get("token_ids")));
                context.append(0, ids);
                float[] vector = context.sequenceEmbedding(0);
                double[] expected = StreamSupport.stream(one.get("vector").spliterator(), false)
                        .mapToDouble(JsonNode::asDouble)
                        .toArray();
                assertThat(cosine(vector, expected)).isGreaterThan(0.9999);
            }
        }
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static double cosine(float[] a, double[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return dot / Math.sqrt(aa * bb);
    }
}
