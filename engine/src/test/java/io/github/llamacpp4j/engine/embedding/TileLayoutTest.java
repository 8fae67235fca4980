package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TileLayoutTest {

    private static final List<AttentionBlocks> ALL =
            List.of(new AttentionBlocks(16, true), new AttentionBlocks(8, true), new AttentionBlocks(16, false));

    /** For each sequence, which of its tokens share a block, and which blocks share a tile. */
    private static List<Object> sums(int[] places, int width) {
        List<Object> tiles = new ArrayList<>();
        int tile = -1;
        int block = -1;
        List<List<Integer>> blocks = new ArrayList<>();
        for (int token = 0; token < places.length; token++) {
            if (places[token] / TileLayout.TILE != tile) {
                tile = places[token] / TileLayout.TILE;
                blocks = new ArrayList<>();
                tiles.add(blocks);
            }
            if (places[token] / width != block) {
                block = places[token] / width;
                blocks.add(new ArrayList<>());
            }
            blocks.getLast().add(token);
        }
        return tiles;
    }

    private static int[] alone(int length, AttentionBlocks blocks) {
        TileLayout layout = new TileLayout(256, blocks);
        assertThat(layout.add(length)).isTrue();
        return layout.places().getFirst();
    }

    @Test
    void neighboursDoNotChangeWhichTokensAreSummedUpTogether() {
        Random random = new Random(3);
        for (AttentionBlocks blocks : ALL) {
            for (int round = 0; round < 300; round++) {
                TileLayout layout = new TileLayout(64 + random.nextInt(600), blocks);
                List<Integer> lengths = new ArrayList<>();
                int most = 1 + random.nextInt(90);
                for (int i = 0; i < 40; i++) {
                    int length = 1 + random.nextInt(most);
                    if (layout.add(length)) {
                        lengths.add(length);
                    }
                }
                List<int[]> places = layout.places();
                assertThat(places).hasSameSizeAs(lengths);
                TreeSet<Integer> taken = new TreeSet<>();
                for (int i = 0; i < lengths.size(); i++) {
                    int[] found = places.get(i);
                    Arrays.stream(found)
                            .forEach(place -> assertThat(taken.add(place)).isTrue());
                    assertThat(found).isSorted();
                    assertThat(sums(found, blocks.width()))
                            .isEqualTo(sums(alone(lengths.get(i), blocks), blocks.width()));
                }
                assertThat(layout.size()).isGreaterThanOrEqualTo(64).isGreaterThan(taken.last());
            }
        }
    }

    @Test
    void whoeverMayNotShareABlockBeginsIt() {
        TileLayout layout = new TileLayout(128, new AttentionBlocks(16, false));
        IntStream.of(5, 20, 3).forEach(length -> assertThat(layout.add(length)).isTrue());
        assertThat(layout.places())
                .allSatisfy(places -> assertThat(places[0] % 16).isZero());
    }

    @Test
    void restsFillTheBlocksOfOthers() {
        TileLayout layout = new TileLayout(64, new AttentionBlocks(16, true));
        for (int length : new int[] {18, 14, 17, 15}) {
            assertThat(layout.add(length)).isTrue();
        }
        assertThat(layout.size()).isEqualTo(64);
        assertThat(layout.add(1)).isFalse();
        assertThat(layout.places().get(0)).startsWith(0, 1).endsWith(32, 33);
        assertThat(layout.places().get(1)).startsWith(34).endsWith(47);
    }

    @Test
    void whatIsLeftOfTheLastTileIsNotComputed() {
        TileLayout layout = new TileLayout(256, new AttentionBlocks(16, true));
        layout.add(64);
        layout.add(20);
        assertThat(layout.size()).isEqualTo(84);
    }

    @Test
    void oneSequenceMayBeLongerThanABatchAndIsThenAlone() {
        TileLayout layout = new TileLayout(64, new AttentionBlocks(16, true));
        assertThat(layout.add(500)).isTrue();
        assertThat(layout.add(1)).isFalse();
        assertThat(layout.size()).isEqualTo(500);
    }

    @Test
    void aShortTextFillsATile() {
        assertThat(alone(1, new AttentionBlocks(16, true))).containsExactly(0);
        TileLayout layout = new TileLayout(64, new AttentionBlocks(8, true));
        layout.add(1);
        assertThat(layout.size()).isEqualTo(64);
    }

    @Test
    void blocksAreAsWideAsTheRegistersOfTheProcessorBackend() {
        assertThat(AttentionBlocks.of(Map.of("AVX512", "1", "AVX2", "1", "FMA", "1")))
                .isEqualTo(new AttentionBlocks(16, true));
        assertThat(AttentionBlocks.of(Map.of("AVX2", "1", "FMA", "1"))).isEqualTo(new AttentionBlocks(8, true));
        assertThat(AttentionBlocks.of(Map.of("AVX", "1", "AVX2", "1"))).isEqualTo(new AttentionBlocks(16, false));
        assertThat(AttentionBlocks.of(Map.of("NEON", "1"))).isEqualTo(new AttentionBlocks(16, false));
    }
}
