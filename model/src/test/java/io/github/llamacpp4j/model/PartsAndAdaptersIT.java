package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufTensor;
import io.github.llamacpp4j.gguf.GgufType;
import io.github.llamacpp4j.gguf.GgufValue;
import io.github.llamacpp4j.gguf.GgufWriter;
import io.github.llamacpp4j.model.ModelLoadException.Reason;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models in several files, unusual ways to load them, and LoRA adapters. */
class PartsAndAdaptersIT {

    private static final int[] TOKENS = {5, 300, 400, 500};

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void aModelInPartsComputesLikeTheWhole() {
        List<Path> parts = split(TestModels.tinychat(), 3);
        try (Model whole = Model.load(TestModels.tinychat());
                Model byFirst = Model.load(parts.getFirst());
                Model byList = Model.load(parts, ModelOptions.defaults())) {
            assertThat(byFirst.info().parameterCount()).isEqualTo(whole.info().parameterCount());
            assertThat(logits(byFirst)).isEqualTo(logits(whole));
            assertThat(logits(byList)).isEqualTo(logits(whole));
        }
    }

    @Test
    void partsThatAreMissingSwappedOrNotTheFirstAreRefused() throws Exception {
        List<Path> parts = split(TestModels.tinychat(), 3);
        assertThatThrownBy(() -> Model.load(parts.get(1)))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("not the first part");
        assertThatThrownBy(() -> Model.load(List.of(parts.get(0), parts.get(2), parts.get(1)), ModelOptions.defaults()))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("expected part 2 of 3");
        assertThatThrownBy(() -> Model.load(parts.subList(0, 2), ModelOptions.defaults()))
                .isInstanceOf(ModelLoadException.class);
        Files.delete(parts.getLast());
        assertThatThrownBy(() -> Model.load(parts.getFirst()))
                .isInstanceOfSatisfying(ModelLoadException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE);
                    assertThat(failure.path()).isEqualTo(parts.getLast());
                });
    }

    @ParameterizedTest
    @EnumSource
    void everyLoadModeGivesTheSameModel(LoadMode mode) {
        ModelOptions options = ModelOptions.builder().loadMode(mode).build();
        try (Model plain = Model.load(TestModels.tinychat());
                Model model = Model.load(TestModels.tinychat(), options)) {
            assertThat(argmax(logits(model))).isEqualTo(argmax(logits(plain)));
        }
    }

    @Test
    void unusualOptionsAreUnderstood() {
        Device cpu = Backends.devices().stream()
                .filter(device -> device.type() == DeviceType.CPU)
                .findFirst()
                .orElseThrow();
        ModelOptions options = ModelOptions.builder()
                .checkTensors(true)
                .extraBufferTypes(false)
                .bypassHostBuffer(true)
                .devices(List.of())
                .tensorSplit(List.of(1f, 2f))
                .tensorPlacements(List.of(new TensorPlacement("ffn_(up|down)", cpu)))
                .metadataOverrides(List.of(new MetadataOverride.OfFloat("llama.rope.freq_base", 500_000)))
                .build();
        try (Model plain = Model.load(TestModels.tinychat());
                Model model = Model.load(TestModels.tinychat(), options)) {
            assertThat(logits(model)).isNotEqualTo(logits(plain));
        }
    }

    @Test
    void aPatternThatOnlyJavaUnderstandsIsRefusedAndNotFatal() {
        Device cpu = Backends.devices().getFirst();
        ModelOptions options = ModelOptions.builder()
                .tensorPlacements(List.of(new TensorPlacement("(?<=x)\\p{L}", cpu)))
                .build();
        assertThatThrownBy(() -> Model.load(TestModels.tinychat(), options)).isInstanceOf(ModelLoadException.class);
    }

    @Test
    void aPathWithLettersOfManyKindsIsLoaded() throws Exception {
        Path file = Files.copy(TestModels.tinychat(), folder.resolve("m\u00f6del \u6a21\u578b.gguf"));
        try (Model model = Model.load(file)) {
            assertThat(model.info().layers()).isEqualTo(4);
        }
    }

    @Test
    void anAdapterChangesTheLogitsAndCanBeTakenAway() {
        try (Model model = Model.load(TestModels.tinychat());
                Context context = model.newContext(Contexts.small().build())) {
            float[] plain = logits(context);
            LoraAdapter adapter = model.loadAdapter(adapter(256));
            assertThat(adapter.metadata()).containsEntry("adapter.type", "lora");
            assertThat(adapter.invocationTokens()).isEmpty();
            context.setAdapters(List.of(new ScaledAdapter(adapter, 1)));
            adapter.close();
            adapter.close();
            assertThat(logits(context)).isNotEqualTo(plain);
            context.setAdapters(List.of());
            assertThat(logits(context)).isEqualTo(plain);
            assertThatThrownBy(() -> context.setAdapters(List.of(new ScaledAdapter(adapter, 1))))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void adaptersOfAnotherShapeOrModelAreRefused() {
        try (Model model = Model.load(TestModels.tinychat());
                Model again = Model.load(TestModels.tinychat());
                Context context = model.newContext(Contexts.small().build())) {
            assertThatThrownBy(() -> model.loadAdapter(adapter(128)))
                    .isInstanceOf(ModelLoadException.class)
                    .hasMessageContaining("incorrect shape");
            try (LoraAdapter other = again.loadAdapter(adapter(256));
                    LoraAdapter own = model.loadAdapter(adapter(256))) {
                assertThatThrownBy(() -> context.setAdapters(List.of(new ScaledAdapter(other, 1))))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("another model");
                ScaledAdapter scaled = new ScaledAdapter(own, 1);
                assertThatThrownBy(() -> context.setAdapters(List.of(scaled, scaled)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("twice");
                assertThatThrownBy(() -> new ScaledAdapter(own, Float.NaN))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    private Path adapter(int width) {
        int rank = 4;
        float[] a = new float[width * rank];
        float[] b = new float[rank * width];
        Arrays.fill(a, 0.05f);
        Arrays.fill(b, 0.05f);
        return new GgufWriter()
                .put("general.type", "adapter")
                .put("general.architecture", "llama")
                .put("adapter.type", "lora")
                .put("adapter.lora.alpha", 8f)
                .tensorF32("blk.0.attn_q.weight.lora_a", a, width, rank)
                .tensorF32("blk.0.attn_q.weight.lora_b", b, rank, width)
                .writeTo(folder.resolve("adapter-" + width + ".gguf"));
    }

    /** Writes a model as several files, as {@code llama-gguf-split} does. */
    private List<Path> split(Path model, int count) {
        GgufFile file = GgufFile.read(model);
        List<Path> paths = Stream.iterate(1, i -> i + 1)
                .limit(count)
                .map(i -> folder.resolve(String.format("part-%05d-of-%05d.gguf", i, count)))
                .toList();
        try (ByteRangeSource source = ByteRangeSource.ofFile(model)) {
            for (int part = 0; part < count; part++) {
                GgufWriter writer = new GgufWriter();
                if (part == 0) {
                    file.metadata().values().forEach(writer::put);
                }
                writer.put("split.no", new GgufValue.IntegerValue(GgufType.UINT16, part))
                        .put("split.count", new GgufValue.IntegerValue(GgufType.UINT16, count))
                        .put(
                                "split.tensors.count",
                                new GgufValue.IntegerValue(
                                        GgufType.INT32, file.tensors().size()));
                for (int i = 0; i < file.tensors().size(); i++) {
                    if (i % count == part) {
                        copy(file.tensors().get(i), source, writer);
                    }
                }
                writer.writeTo(paths.get(part));
            }
        }
        return paths;
    }

    private static void copy(GgufTensor tensor, ByteRangeSource source, GgufWriter writer) {
        ByteBuffer data = tensor.read(source);
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        writer.tensor(
                tensor.name(),
                tensor.type(),
                bytes,
                tensor.dimensions().stream().mapToLong(Long::longValue).toArray());
    }

    private static float[] logits(Model model) {
        try (Context context = model.newContext(Contexts.small().build())) {
            return logits(context);
        }
    }

    private static float[] logits(Context context) {
        context.memory().clear(false);
        context.append(0, TOKENS);
        return context.logits(-1);
    }

    private static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
