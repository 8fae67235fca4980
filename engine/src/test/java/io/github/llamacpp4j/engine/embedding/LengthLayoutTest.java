package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LengthLayoutTest {

    private static LengthLayout layout() {
        return new LengthLayout(256, new AttentionBlocks(16, true));
    }

    @Test
    void veryShortSequencesFollowEachOtherBelowATile() {
        LengthLayout layout = layout();
        int added = 0;
        while (layout.add(10)) {
            added++;
        }
        assertThat(added).isEqualTo(6);
        assertThat(layout.size()).isEqualTo(60);
        assertThat(layout.places().get(1)).startsWith(10).endsWith(19);
    }

    @Test
    void othersStandInTiles() {
        LengthLayout layout = layout();
        assertThat(layout.add(LengthLayout.TILED_LENGTH)).isTrue();
        assertThat(layout.size()).isEqualTo(TileLayout.TILE);
    }

    @Test
    void theyNeverShareABatch() {
        LengthLayout shortOnes = layout();
        assertThat(shortOnes.add(4)).isTrue();
        assertThat(shortOnes.add(30)).isFalse();
        assertThat(shortOnes.add(5)).isTrue();
        LengthLayout others = layout();
        assertThat(others.add(30)).isTrue();
        assertThat(others.add(4)).isFalse();
        assertThat(others.add(12)).isTrue();
    }

    @Test
    void oneTokenIsNotComputedAlone() {
        LengthLayout layout = layout();
        assertThat(layout.add(1)).isTrue();
        assertThat(layout.size()).isEqualTo(2);
    }
}
