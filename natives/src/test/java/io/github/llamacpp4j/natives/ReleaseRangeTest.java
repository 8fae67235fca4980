package io.github.llamacpp4j.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseRangeTest {

    private final ReleaseRange range = new ReleaseRange("0.4.0", "0.5.0");

    @ParameterizedTest
    @ValueSource(strings = {"0.4.0", "v0.4.0", "0.4.17", "0.5.0", "0.5.0-dev"})
    void bothEndsAreInside(String version) {
        assertThat(range.contains(version)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3.9", "0.5.1", "0.10.0", "1.0.0", "", "b4753", "0.5", "99999999999.0.0"})
    void allElseIsOutside(String version) {
        assertThat(range.contains(version)).isFalse();
    }

    @Test
    void anEndMustBeAVersion() {
        assertThatThrownBy(() -> new ReleaseRange("b1", "0.5.0")).hasMessageContaining("b1");
    }
}
