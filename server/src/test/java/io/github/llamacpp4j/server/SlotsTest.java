package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotsTest {

    private final Slots slots = new Slots();

    @Test
    void aRequestHasTheLowestSlotThatIsFree() {
        slots.admitted(11, "a", 10, 4, 0);
        slots.admitted(12, "a", 20, 0, 0);
        slots.admitted(13, "a", 30, 0, 0);
        assertThat(slots.inWork()).extracting(Slots.Work::request).containsExactly(11L, 12L, 13L);
        slots.failed(12, "a", new IllegalStateException());
        slots.admitted(14, "a", 5, 0, 0);
        assertThat(slots.inWork()).extracting(Slots.Work::request).containsExactly(11L, 14L, 13L);
        assertThat(slots.inWork()).extracting(Slots.Work::slot).containsExactly(0, 1, 2);
    }

    @Test
    void promptAndAnswerAreCounted() {
        slots.admitted(11, "a", 10, 4, 0);
        slots.prefilled(11, 2, 4);
        Slots.Work work = slots.inWork().getFirst();
        assertThat(work.cachedTokens()).isEqualTo(4);
        assertThat(work.readTokens()).isEqualTo(2);
        slots.prefilled(11, 4, 0);
        slots.firstToken(11, 0);
        slots.nextToken(11, 0);
        assertThat(work.readTokens()).isEqualTo(6);
        assertThat(work.generatedTokens()).isEqualTo(2);
    }
}
