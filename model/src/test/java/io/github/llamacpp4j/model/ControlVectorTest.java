package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.gguf.GgufWriter;
import io.github.llamacpp4j.model.ModelLoadException.Reason;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlVectorTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void aFileIsReadLayerByLayer() {
        ControlVector vector = ControlVector.read(write(new GgufWriter()
                .put("general.architecture", "controlvector")
                .tensorF32("direction.3", new float[] {5, 6}, 2)
                .tensorF32("direction.1", new float[] {1, 2}, 2)));
        assertThat(vector.embeddingSize()).isEqualTo(2);
        assertThat(vector.layers()).containsExactly(1, 3);
        assertThat(vector.toArray(4)).containsExactly(1, 2, 0, 0, 5, 6, 0, 0);
    }

    @Test
    void vectorsAreScaledAndAdded() {
        ControlVector one = ControlVector.of(Map.of(1, new float[] {1, 2}));
        ControlVector two = ControlVector.of(Map.of(1, new float[] {10, 10}, 2, new float[] {7, 8}));
        assertThat(one.scaled(-2).plus(two).toArray(2)).containsExactly(8, 6, 7, 8);
        assertThat(one.toArray(1)).containsExactly(1, 2);
    }

    @Test
    void changingTheArrayAfterwardsChangesNothing() {
        float[] direction = {1, 2};
        ControlVector vector = ControlVector.of(Map.of(1, direction));
        direction[0] = 9;
        assertThat(vector.toArray(1)).containsExactly(1, 2);
    }

    @Test
    void whatIsNoVectorIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ControlVector.of(Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> ControlVector.of(Map.of(1, new float[0])));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ControlVector.of(Map.of(0, new float[] {1})))
                .withMessageContaining("found layer 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ControlVector.of(Map.of(1, new float[] {1}, 2, new float[] {1, 2})))
                .withMessageContaining("the same size");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ControlVector.of(Map.of(1, new float[] {Float.NaN})))
                .withMessageContaining("NaN");
        ControlVector one = ControlVector.of(Map.of(1, new float[] {Float.MAX_VALUE}));
        assertThatIllegalArgumentException().isThrownBy(() -> one.scaled(2));
        assertThatIllegalArgumentException().isThrownBy(() -> one.plus(one));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.plus(ControlVector.of(Map.of(1, new float[] {1, 2}))))
                .withMessageContaining("different models");
    }

    @Test
    void filesOfAnotherKindAreRefusedWithTheReason() {
        assertRefused(new GgufWriter().put("general.architecture", "controlvector"), "holds no tensor");
        assertRefused(new GgufWriter().tensorF32("token_embd.weight", new float[] {1}, 1), "found token_embd.weight");
        assertRefused(new GgufWriter().tensorF32("direction.", new float[] {1}, 1), "found direction.");
        assertRefused(new GgufWriter().tensorF32("direction.99999999999", new float[] {1}, 1), "99999999999");
        assertRefused(new GgufWriter().tensorF32("direction.9999", new float[] {1}, 1), "found layer 9999");
        assertRefused(new GgufWriter().tensorF32("direction.0", new float[] {1}, 1), "found layer 0");
        assertRefused(new GgufWriter().tensorF32("direction.1", new float[] {1, 2}, 1, 2), "one dimension");
        assertRefused(new GgufWriter().tensorF16("direction.1", new float[] {1, 2}, 2), "of F16");
        assertThatThrownBy(() -> ControlVector.read(folder.resolve("absent.gguf")))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE));
    }

    private void assertRefused(GgufWriter file, String reason) {
        assertThatThrownBy(() -> ControlVector.read(write(file)))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.DAMAGED))
                .hasMessageContaining(reason);
    }

    private Path write(GgufWriter file) {
        return file.writeTo(folder.resolve("vector.gguf"));
    }
}
