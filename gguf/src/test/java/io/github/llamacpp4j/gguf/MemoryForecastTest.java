package io.github.llamacpp4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryForecastTest {

    private static GgufWriter llama() {
        return new GgufWriter()
                .put("general.architecture", "llama")
                .put("llama.block_count", 30)
                .put("llama.embedding_length", 576)
                .put("llama.attention.head_count", 9)
                .put("llama.attention.head_count_kv", 3)
                .tensorF32("t", new float[256], 256);
    }

    private static MemoryForecast forecast(GgufWriter file, long context, GgmlType type) {
        return MemoryForecast.of(List.of(Samples.read(file.toBytes())), context, type, type);
    }

    @Test
    void smolLm2NeedsWhatLlamaCppAllocates() {
        MemoryForecast forecast = forecast(llama(), 8192, GgmlType.F16);

        assertThat(forecast.keyValueBytes()).isEqualTo(180L << 20);
        assertThat(forecast.weightsBytes()).isEqualTo(1024);
        assertThat(forecast.totalBytes()).isEqualTo((180L << 20) + 1024);
        assertThat(forecast.exact()).isTrue();
        assertThat(forecast(llama(), 8192, GgmlType.Q8_0).keyValueBytes()).isEqualTo((180L << 20) * 34 / 64);
    }

    @Test
    void contextsAreRoundedUpAsLlamaCppDoes() {
        assertThat(forecast(llama(), 1, GgmlType.F16).contextSize()).isEqualTo(256);
        assertThat(forecast(llama(), 257, GgmlType.F16)).isEqualTo(forecast(llama(), 512, GgmlType.F16));
    }

    @Test
    void layersWithoutAttentionKeepNothing() {
        GgufWriter hybrid = llama().put("llama.block_count", 4)
                .put("llama.ssm.state_size", 16)
                .put("llama.attention.head_count_kv", GgufArray.ofInts(0, 3, 0, 0));

        MemoryForecast forecast = forecast(hybrid, 256, GgmlType.F16);

        assertThat(forecast.keyValueBytes()).isEqualTo(256L * 3 * 64 * 2 * 2);
        assertThat(forecast.exact()).isFalse();
    }

    @Test
    void layersWithAWindowKeepTheWindow() {
        GgufWriter windowed = llama().put("llama.block_count", 2).put("llama.attention.sliding_window", 1024);
        long perCell = 3 * 64 * 2 * 2;

        assertThat(forecast(windowed, 8192, GgmlType.F16))
                .isEqualTo(new MemoryForecast(1024, 2 * 8192 * perCell, 8192, false));
        windowed.put("llama.attention.sliding_window_pattern", GgufArray.ofBooleans(true, false));
        assertThat(forecast(windowed, 8192, GgmlType.F16))
                .isEqualTo(new MemoryForecast(1024, (1536 + 8192) * perCell, 8192, true));
        assertThat(forecast(windowed, 256, GgmlType.F16).keyValueBytes()).isEqualTo(2 * 256 * perCell);
    }

    @Test
    void latentAttentionKeepsKeysOnly() {
        GgufWriter latent = llama().put("llama.block_count", 1)
                .put("llama.attention.head_count_kv", 1)
                .put("llama.attention.key_length", 576)
                .put("llama.attention.value_length", 512)
                .put("llama.attention.key_length_mla", 192)
                .put("llama.attention.value_length_mla", 128);

        assertThat(forecast(latent, 256, GgmlType.F16).keyValueBytes()).isEqualTo(256L * 576 * 2);
    }

    @Test
    void embeddingModelsKeepNothing() {
        GgufWriter bert = new GgufWriter().put("general.architecture", "bert").put("bert.attention.causal", false);

        assertThat(forecast(bert, 512, GgmlType.F16).keyValueBytes()).isZero();
    }

    @Test
    void nonsenseIsATypedError() {
        for (GgufWriter file : List.of(
                new GgufWriter(),
                new GgufWriter().put("general.architecture", "llama"),
                llama().put("llama.attention.head_count", 0),
                llama().put("llama.block_count", -1 >>> 1),
                llama().put("llama.block_count", "many"),
                llama().put("llama.attention.key_length", new GgufValue.IntegerValue(GgufType.INT64, Long.MAX_VALUE)),
                llama().put("llama.attention.key_length", new GgufValue.IntegerValue(GgufType.INT64, -64)))) {
            assertThatThrownBy(() -> forecast(file, 512, GgmlType.F16)).isInstanceOf(GgufException.class);
        }
        assertThatThrownBy(() -> forecast(llama(), 0, GgmlType.F16)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> forecast(llama().put("llama.attention.key_length", 65), 256, GgmlType.Q8_0))
                .isInstanceOf(GgufException.class);
    }
}
