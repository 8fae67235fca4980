package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FramedTokensTest {

    private static final int[] BEGINNING = {101};
    private static final int[] ENDING = {102, 103};

    private static FramedTokens framed(int... tokens) {
        return new FramedTokens(tokens, BEGINNING, ENDING);
    }

    @Test
    void theFrameStaysAroundEachPart() {
        FramedTokens tokens = framed(101, 1, 2, 3, 4, 5, 102, 103);
        assertThat(tokens.room(6)).isEqualTo(3);
        assertThat(tokens.first(3)).containsExactly(101, 1, 2, 3, 102, 103);
        assertThat(tokens.parts(3))
                .containsExactly(new int[] {101, 1, 2, 102, 103}, new int[] {101, 3, 4, 5, 102, 103});
    }

    @Test
    void tokensWithoutAFrameGetNone() {
        FramedTokens tokens = framed(1, 2, 3, 4, 5);
        assertThat(tokens.room(3)).isEqualTo(3);
        assertThat(tokens.first(3)).containsExactly(1, 2, 3);
        assertThat(tokens.parts(3)).containsExactly(new int[] {1, 2}, new int[] {3, 4, 5});
    }

    @Test
    void halfAFrameIsKeptWhereItStands() {
        FramedTokens beginning = framed(101, 1, 2, 3, 102);
        assertThat(beginning.room(3)).isEqualTo(2);
        assertThat(beginning.first(2)).containsExactly(101, 1, 2);
        FramedTokens ending = framed(1, 101, 3, 102, 103);
        assertThat(ending.room(3)).isEqualTo(1);
        assertThat(ending.parts(1))
                .containsExactly(new int[] {1, 102, 103}, new int[] {101, 102, 103}, new int[] {3, 102, 103});
    }

    @Test
    void fewerTokensThanTheFrameHasAreNoFrame() {
        assertThat(framed(103).room(1)).isEqualTo(1);
        assertThat(framed(103).parts(1)).containsExactly(new int[] {103});
    }

    @Test
    void aFrameThatFillsTheRoomLeavesNone() {
        assertThat(framed(101, 1, 102, 103).room(3)).isZero();
    }
}
