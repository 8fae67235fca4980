package io.github.llamacpp4j.testkit.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    private static final int MEBIBYTE = 1 << 20;
    private static final int AMOUNT = 64 * MEBIBYTE;

    /** Small enough that a collector does not give each a region of its own. */
    private static final int OBJECT = 64 << 10;

    private static final long NOISE = 24L * MEBIBYTE;

    @Test
    void nativeMemoryCountsOnceItIsTouchedAndUntilItIsFreed() {
        long before = ProcessMemory.residentBytesWithoutGarbage();
        try (Arena arena = Arena.ofConfined()) {
            arena.allocate(AMOUNT).fill((byte) 1);
            assertThat(ProcessMemory.residentBytesWithoutGarbage() - before).isBetween(AMOUNT - NOISE, AMOUNT + NOISE);
        }
        assertThat(ProcessMemory.residentBytesWithoutGarbage() - before).isBetween(-NOISE, NOISE);
    }

    @Test
    void objectsCountAndWhatTheCollectorKeepsOfTheHeapDoesNot() {
        long before = ProcessMemory.residentBytesWithoutGarbage();
        List<byte[]> objects = new ArrayList<>();
        for (int i = 0; i < AMOUNT / OBJECT; i++) {
            objects.add(new byte[OBJECT]);
        }
        assertThat(ProcessMemory.residentBytesWithoutGarbage() - before).isBetween(AMOUNT - NOISE, AMOUNT + NOISE);
        assertThat(objects).hasSize(AMOUNT / OBJECT);
        objects.clear();
        assertThat(ProcessMemory.residentBytesWithoutGarbage() - before).isBetween(-NOISE, NOISE);
    }
}
