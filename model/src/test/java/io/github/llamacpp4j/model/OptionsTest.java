package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

    private static final Device GPU = new Device("Test0", "A test", DeviceType.GPU, "Test", 1, 2);

    @Test
    void changedModelOptionsKeepTheRest() {
        ModelOptions options = ModelOptions.builder()
                .gpuLayers(3)
                .splitMode(SplitMode.ROW)
                .loadMode(LoadMode.MLOCK)
                .devices(List.of(GPU))
                .tensorSplit(List.of(1f, 2f))
                .tensorPlacements(List.of(new TensorPlacement("exps", GPU)))
                .metadataOverrides(List.of(new MetadataOverride.OfInteger("llama.block_count", 2)))
                .checkTensors(true)
                .build();
        ModelOptions changed = options.toBuilder().vocabularyOnly(true).build();
        assertThat(changed)
                .usingRecursiveComparison()
                .ignoringFields("vocabularyOnly")
                .isEqualTo(options);
        assertThat(changed.vocabularyOnly()).isTrue();
    }

    @Test
    void changedContextOptionsKeepTheRest() {
        ContextOptions options = ContextOptions.builder()
                .contextSize(1000)
                .batchSize(64)
                .microBatchSize(32)
                .maxSequences(4)
                .keyType(KvCacheType.Q8_0)
                .ropeFrequencyBase(1e6f)
                .unifiedCache(true)
                .build();
        ContextOptions changed = options.toBuilder().embeddings(true).build();
        assertThat(changed)
                .usingRecursiveComparison()
                .ignoringFields("embeddings")
                .isEqualTo(options);
        assertThat(changed.embeddings()).isTrue();
    }

    @Test
    void modelOptionsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().gpuLayers(-2).build())
                .withMessage("gpuLayers must be -1 (all) or more, found -2");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ModelOptions.builder().tensorSplit(List.of(0f, 0f)).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ModelOptions.builder().tensorSplit(List.of(Float.NaN)).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder()
                        .metadataOverrides(
                                List.of(new MetadataOverride.OfInteger("a", 1), new MetadataOverride.OfInteger("a", 2)))
                        .build())
                .withMessageContaining("twice");
        assertThatIllegalArgumentException().isThrownBy(() -> new TensorPlacement("(", GPU));
        assertThatIllegalArgumentException().isThrownBy(() -> new TensorPlacement("", GPU));
        assertThatIllegalArgumentException().isThrownBy(() -> new MetadataOverride.OfString("key", "x".repeat(128)));
        assertThatIllegalArgumentException().isThrownBy(() -> new MetadataOverride.OfFloat("key", Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> new MetadataOverride.OfBoolean("k".repeat(128), true));
    }

    @Test
    void contextOptionsOutOfRangeAreRefused() {
        List<ContextOptions.Builder> wrong = List.of(
                ContextOptions.builder().contextSize(-1),
                ContextOptions.builder().batchSize(0),
                ContextOptions.builder().batchSize(1 << 21),
                ContextOptions.builder().microBatchSize(0),
                ContextOptions.builder().batchSize(8).microBatchSize(16),
                ContextOptions.builder().maxSequences(0),
                ContextOptions.builder().maxSequences(257),
                ContextOptions.builder().maxSequences(4).batchSize(3),
                ContextOptions.builder().maxSequences(4).outputs(3),
                ContextOptions.builder().recurrentSnapshots(-1),
                ContextOptions.builder().microBatchSize(4).recurrentSnapshots(4),
                ContextOptions.builder().threads(-1),
                ContextOptions.builder().batchThreads(-1),
                ContextOptions.builder().ropeFrequencyBase(Float.NaN),
                ContextOptions.builder().ropeFrequencyScale(-1),
                ContextOptions.builder().yarnBetaFast(Float.POSITIVE_INFINITY),
                ContextOptions.builder().yarnOriginalContextSize(-1));
        assertThat(wrong)
                .allSatisfy(builder -> assertThatIllegalArgumentException().isThrownBy(builder::build));
    }

    @Test
    void threadsNeverExceedTheProcessorsOfTheJvm() {
        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(ContextParameters.threads(600)).isEqualTo(processors);
        assertThat(ContextParameters.threads(ContextOptions.AVAILABLE_PROCESSORS))
                .isEqualTo(processors);
        assertThat(ContextParameters.threads(1)).isEqualTo(1);
    }

    @Test
    void everyNativeConstantIsFoundAgain() {
        for (Pooling pooling : Pooling.values()) {
            assertThat(NativeConstant.of(Pooling.class, pooling.nativeValue())).isEqualTo(pooling);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NativeConstant.of(Pooling.class, 99))
                .withMessageContaining("99");
        assertThat(KvCacheType.values()).noneMatch(type -> type.nativeValue() == 4 || type.nativeValue() == 5);
    }

    @Test
    void dryOptionsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new DryOptions(-1, 1.75f, 2, 64, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new DryOptions(1, 0.5f, 2, 64, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new DryOptions(1, 1.75f, 0, 64, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new DryOptions(1, 1.75f, 2, -1, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new DryOptions(1, 1.75f, 2, 64, List.of("")));
        assertThatIllegalArgumentException().isThrownBy(() -> new DryOptions(1, 1.75f, 2, 64, List.of("x".repeat(41))));
        assertThat(new DryOptions(1, 1.75f, 2, 64, List.of("\n")).breakers()).containsExactly("\n");
    }
}
