package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class StructProbeTest {

    private static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("a"),
            MemoryLayout.paddingLayout(4),
            ValueLayout.JAVA_LONG.withName("b"),
            ValueLayout.JAVA_BOOLEAN.withName("c"),
            MemoryLayout.paddingLayout(7));

    private static BitSet written(int... fromTo) {
        BitSet written = new BitSet();
        for (int i = 0; i < fromTo.length; i += 2) {
            written.set(fromTo[i], fromTo[i + 1]);
        }
        return written;
    }

    @Test
    void paddingMayBeWrittenOrNot() {
        assertThat(StructProbe.shapeProblem(written(0, 4, 8, 17), LAYOUT)).isEmpty();
        assertThat(StructProbe.shapeProblem(written(0, 24), LAYOUT)).isEmpty();
        assertThat(StructProbe.shapeProblem(written(0, 20), LAYOUT)).isEmpty();
    }

    @Test
    void aShorterOrLongerStructIsTold() {
        assertThat(StructProbe.shapeProblem(written(0, 16), LAYOUT)).contains("found 16 bytes, expected 17");
        assertThat(StructProbe.shapeProblem(written(0, 25), LAYOUT)).contains("found 25 bytes, expected 17");
        assertThat(StructProbe.shapeProblem(written(), LAYOUT)).contains("found 0 bytes, expected 17");
    }

    @Test
    void aGapWhereAMemberShouldBeIsTold() {
        assertThat(StructProbe.shapeProblem(written(0, 4, 12, 17), LAYOUT))
                .contains("found a gap at byte 8, expected a member");
    }
}
