package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmbeddingTest {

    private static float[] random(long seed, int size) {
        Random random = new Random(seed);
        float[] vector = new float[size];
        for (int i = 0; i < size; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    @Test
    void cosineAndDotAreThoseOfTheTextbook() {
        Embedding a = Embedding.of(3, 4);
        Embedding b = Embedding.of(4, 3);
        assertThat(a.dot(b)).isEqualTo(24);
        assertThat(a.cosine(b)).isCloseTo(0.96, within(1e-12));
        assertThat(a.cosine(a)).isEqualTo(1);
        assertThat(a.cosine(Embedding.of(-3, -4))).isEqualTo(-1);
        assertThat(a.cosine(Embedding.of(0, 0))).isZero();
        assertThatThrownBy(() -> a.dot(Embedding.of(1, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 3 numbers");
    }

    @Test
    void vectorsAreCopied() {
        float[] numbers = {1, 2};
        Embedding embedding = Embedding.of(numbers);
        numbers[0] = 9;
        embedding.vector()[1] = 9;
        assertThat(embedding).isEqualTo(Embedding.of(1, 2)).hasSameHashCodeAs(Embedding.of(1, 2));
    }

    @Test
    void refusesVectorsThatAreNone() {
        assertThatThrownBy(Embedding::of).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Embedding.of(1, Float.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
    }

    @Test
    void aShortenedVectorHasLengthOneAgain() {
        Embedding whole = Embedding.of(random(1, 64));
        Embedding half = whole.shortened(32);
        assertThat(half.size()).isEqualTo(32);
        assertThat(half.dot(half)).isCloseTo(1, within(1e-6));
        assertThat(half.vector()[5] / half.vector()[6]).isCloseTo(whole.vector()[5] / whole.vector()[6], within(1e-4f));
        assertThat(whole.shortened(32, Normalization.none()).vector())
                .containsExactly(Arrays.copyOf(whole.vector(), 32));
        assertThatThrownBy(() -> whole.shortened(65)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> whole.shortened(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytesKeepTheCosine() {
        Embedding a = Embedding.of(random(1, 384));
        Embedding b = Embedding.of(random(2, 384));
        assertThat(a.toBytes().cosine(b.toBytes())).isCloseTo(a.cosine(b), within(0.01));
        byte[] values = a.toBytes().values();
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i] * a.toBytes().scale())
                    .isCloseTo(a.vector()[i], within(a.toBytes().scale() * 0.51f));
        }
        assertThat(Embedding.of(0, 0).toBytes().values()).containsOnly(0);
    }

    @Test
    void bitsArePackedAsNumpyDoes() {
        BinaryEmbedding bits = Embedding.of(1, -1, 0, 1, 1, -1, -1, 1, -1, 1).toBinary();
        assertThat(bits.bits()).containsExactly(0b10011001, 0b01000000);
        assertThat(bits.size()).isEqualTo(10);
        BinaryEmbedding opposite =
                Embedding.of(-1, 1, 1, -1, -1, 1, 1, -1, 1, -1).toBinary();
        assertThat(bits.hammingDistance(opposite)).isEqualTo(10);
        assertThat(bits.similarity(opposite)).isEqualTo(-1);
        assertThat(bits.similarity(bits)).isEqualTo(1);
    }

    @Test
    void normalizesAsLlamaEmbeddingDoes() {
        assertThat(normalized(Normalization.l2(), 3, -4)).containsExactly(0.6f, -0.8f);
        assertThat(normalized(Normalization.none(), 3, -4)).containsExactly(3, -4);
        assertThat(normalized(Normalization.maxAbsolute(), 2, -4)).containsExactly(16380, -32760);
        assertThat(normalized(Normalization.pNorm(1), 1, -3)).containsExactly(0.25f, -0.75f);
        assertThat(normalized(Normalization.pNorm(3), 1, -1)[0]).isCloseTo(0.7937005f, within(1e-6f));
        assertThat(Normalization.pNorm(2)).isSameAs(Normalization.l2());
    }

    @Test
    void normalizingNeitherDividesByZeroNorOverflows() {
        assertThat(normalized(Normalization.l2(), 0, 0)).containsExactly(0, 0);
        assertThat(normalized(Normalization.pNorm(100), 1e30f, 1e30f)[1]).isCloseTo(0.9931f, within(1e-3f));
        assertThat(normalized(Normalization.l2(), 1e30f, 0)).containsExactly(1, 0);
        assertThatThrownBy(() -> Normalization.pNorm(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static float[] normalized(Normalization normalization, float... vector) {
        normalization.apply(vector);
        return vector;
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> EmbedderOptions.builder().batchTexts(257).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batchTexts goes from 1 to 256, found 257");
        EmbedderOptions options = EmbedderOptions.builder()
                .prefixes(InstructionPrefixes.E5)
                .contexts(3)
                .build();
        EmbedderOptions copy = options.toBuilder().build();
        assertThat(copy.prefixes()).isEqualTo(InstructionPrefixes.E5);
        assertThat(copy.contexts()).isEqualTo(3);
        assertThatThrownBy(() -> new YesNoPrompt("{query}", "yes", "no"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{document}");
    }
}
