package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class BatchTest {

    @Test
    void remembersWhatWasAddedAndForgetsWhenCleared() {
        Batch batch = new Batch(3, 2);
        assertThat(batch.add(5, 0, 0, false)).isZero();
        assertThat(batch.add(9, 7, new int[] {1, 3}, true)).isEqualTo(1);
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.outputCount()).isEqualTo(1);
        assertThat(batch.output(0)).isFalse();
        assertThat(batch.output(1)).isTrue();
        assertThat(batch.largestToken()).isEqualTo(9);
        assertThat(batch.largestPosition()).isEqualTo(7);
        assertThat(batch.largestSequenceId()).isEqualTo(3);
        assertThat(batch.hasSharedTokens()).isTrue();
        batch.clear();
        assertThat(batch.isEmpty()).isTrue();
        assertThat(batch.outputCount()).isZero();
        assertThat(batch.hasSharedTokens()).isFalse();
    }

    @Test
    void aRefusedTokenLeavesTheBatchAsItWas() {
        Batch batch = new Batch(2);
        batch.add(1, 0, 0, true);
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(1, 1, 256, true));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(-1, 1, 0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(1, -1, 0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(1, 1, new int[] {0, 1}, true));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(1, 1, new int[0], true));
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.outputCount()).isEqualTo(1);
        batch.add(1, 1, 0, false);
        assertThatIllegalStateException()
                .isThrownBy(() -> batch.add(1, 2, 0, false))
                .withMessage("the batch is full: it holds 2 tokens");
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(Integer.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(1, 257));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Batch(1, 2).add(1, 0, new int[] {1, 1}, false))
                .withMessageContaining("twice");
    }

    @Test
    void aBatchOfEmbeddingsTakesNothingElse() {
        Batch batch = Batch.ofEmbeddings(2, 3);
        assertThat(batch.add(new float[] {1, 2, 3}, 0, 0, true)).isZero();
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.embeddingSize()).isEqualTo(3);
        assertThat(batch.outputCount()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> batch.add(1, 1, 0, true));
        assertThatIllegalStateException().isThrownBy(() -> new Batch(1).add(new float[3], 0, 0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(new float[2], 1, 0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(new float[3], -1, 0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.add(new float[3], 1, -1, true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> batch.add(new float[] {0, Float.NaN, 0}, 1, 0, true))
                .withMessageContaining("NaN");
        assertThat(batch.size()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> Batch.ofEmbeddings(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Batch.ofEmbeddings(1 << 20, 1 << 20));
    }
}
