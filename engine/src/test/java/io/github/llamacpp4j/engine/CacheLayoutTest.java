package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CacheLayoutTest {

    @Test
    void onlyRoomyPartsAreSplitWhereThatIsTheCondition() {
        assertThat(CacheLayout.SPLIT_IF_ROOMY.isUnified(8192, 4)).isFalse();
        assertThat(CacheLayout.SPLIT_IF_ROOMY.isUnified(8191, 4)).isTrue();
        assertThat(CacheLayout.SPLIT.isUnified(256, 16)).isFalse();
        assertThat(CacheLayout.UNIFIED.isUnified(1 << 20, 1)).isTrue();
    }
}
