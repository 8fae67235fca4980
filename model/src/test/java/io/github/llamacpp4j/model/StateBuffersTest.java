package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateBuffersTest {

    /** Makes arenas that tell how much they hold, of a machine that has little. */
    private static final class Arenas {

        private final List<Fake> made = new ArrayList<>();

        Arena open() {
            Fake arena = new Fake();
            made.add(arena);
            return arena;
        }

        long heldBytes() {
            return made.stream().mapToLong(arena -> arena.heldBytes).sum();
        }
    }

    private static final class Fake implements Arena {

        private final Arena memory = Arena.ofShared();
        private long heldBytes;

        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            if (byteSize > MACHINE_BYTES) {
                throw new OutOfMemoryError("a machine of " + MACHINE_BYTES + " bytes");
            }
            heldBytes += byteSize;
            return memory.allocate(byteSize, byteAlignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return memory.scope();
        }

        @Override
        public void close() {
            memory.close();
            heldBytes = 0;
        }
    }

    private static final long MACHINE_BYTES = 100_000;
    private static final long ALWAYS_KEPT_BYTES = 8000;

    private final Arenas arenas = new Arenas();
    private final StateBuffers buffers = new StateBuffers(arenas::open, ALWAYS_KEPT_BYTES);

    @AfterEach
    void nothingIsHeldAfterClosing() {
        buffers.close();
        buffers.close();
        assertThat(arenas.heldBytes()).isZero();
    }

    private List<StateBuffers.Buffer> lend(long... sizes) {
        return LongStream.of(sizes).mapToObj(buffers::lend).toList();
    }

    private void lendAndGiveBack(long... sizes) {
        lend(sizes).forEach(StateBuffers.Buffer::giveBack);
    }

    @Test
    void whatCameBackIsLentAgain() {
        StateBuffers.Buffer first = buffers.lend(1000);
        assertThat(first.sizeBytes()).isEqualTo(1000);
        assertThat(first.start(700).byteSize()).isEqualTo(700);
        first.giveBack();
        for (long size : new long[] {1000, 999, 500}) {
            StateBuffers.Buffer again = buffers.lend(size);
            assertThat(again).isSameAs(first);
            again.giveBack();
        }
        assertThat(arenas.made).hasSize(1);
    }

    @Test
    void oneThatIsTooSmallOrTooLargeIsNot() {
        lendAndGiveBack(1000);
        List<StateBuffers.Buffer> others = lend(1001, 499);
        assertThat(others).extracting(StateBuffers.Buffer::sizeBytes).containsExactly(1001L, 499L);
        assertThat(buffers.keptBytes()).isEqualTo(1000);
        others.forEach(StateBuffers.Buffer::giveBack);
    }

    @Test
    void theSmallestThatFitsIsTaken() {
        lendAndGiveBack(1900, 1200, 1500, 900);
        List<StateBuffers.Buffer> lent = lend(1000, 1000, 1000, 1000);
        assertThat(lent).extracting(StateBuffers.Buffer::sizeBytes).containsExactly(1200L, 1500L, 1900L, 1000L);
        assertThat(buffers.keptBytes()).isEqualTo(900);
        lent.forEach(StateBuffers.Buffer::giveBack);
    }

    @Test
    void oneIsLentToOneBorrowerAtATime() {
        lendAndGiveBack(1000);
        List<StateBuffers.Buffer> two = lend(1000, 1000);
        assertThat(two).doesNotHaveDuplicates();
        two.forEach(StateBuffers.Buffer::giveBack);
    }

    @Test
    void fewWaitAndTheOldestAreFreedFirst() {
        lendAndGiveBack(100, 200, 300, 400, 500, 600);
        assertThat(buffers.keptBytes()).isEqualTo(300 + 400 + 500 + 600);
        assertThat(arenas.heldBytes()).isEqualTo(buffers.keptBytes());
    }

    @Test
    void manyBytesDoNotWaitWhereNothingIsLent() {
        lendAndGiveBack(ALWAYS_KEPT_BYTES + 1);
        assertThat(arenas.heldBytes()).isZero();
        lendAndGiveBack(ALWAYS_KEPT_BYTES);
        assertThat(arenas.heldBytes()).isEqualTo(ALWAYS_KEPT_BYTES);
        lendAndGiveBack(1);
        assertThat(arenas.heldBytes()).isOne();
    }

    @Test
    void aQuarterOfWhatIsLentMayWait() {
        List<StateBuffers.Buffer> lent = lend(9000, 9000, 9000, 9000, 9000);
        lent.getFirst().giveBack();
        assertThat(buffers.keptBytes()).isEqualTo(9000);
        lent.get(1).giveBack();
        assertThat(buffers.keptBytes()).isZero();
        assertThat(arenas.heldBytes()).isEqualTo(3 * 9000);
        lent.subList(2, 5).forEach(StateBuffers.Buffer::giveBack);
        assertThat(arenas.heldBytes()).isZero();
    }

    @Test
    void whatIsHeldStaysWithinItsBoundWhateverComes() {
        Random random = new Random(5);
        List<StateBuffers.Buffer> lent = new ArrayList<>();
        int lendings = 0;
        for (int step = 0; step < 2000; step++) {
            if (lent.isEmpty() || random.nextInt(16) >= lent.size()) {
                long size = 1 + random.nextLong(4 * ALWAYS_KEPT_BYTES / 3);
                StateBuffers.Buffer buffer = buffers.lend(size);
                assertThat(buffer.sizeBytes()).isBetween(size, 2 * size);
                assertThat(lent).doesNotContain(buffer);
                lent.add(buffer);
                lendings++;
            } else {
                lent.remove(random.nextInt(lent.size())).giveBack();
                long lentBytes =
                        lent.stream().mapToLong(StateBuffers.Buffer::sizeBytes).sum();
                assertThat(buffers.keptBytes()).isLessThanOrEqualTo(Math.max(ALWAYS_KEPT_BYTES, lentBytes / 4));
                assertThat(arenas.heldBytes()).isEqualTo(lentBytes + buffers.keptBytes());
            }
        }
        assertThat(arenas.made.size()).isLessThan(lendings);
        buffers.close();
        lent.forEach(StateBuffers.Buffer::giveBack);
    }

    @Test
    void afterClosingOnlyWhatIsLentIsHeld() {
        List<StateBuffers.Buffer> lent = lend(1000, 2000);
        lendAndGiveBack(3000);
        buffers.close();
        assertThat(arenas.heldBytes()).isEqualTo(3000);
        lent.getFirst().giveBack();
        assertThat(arenas.heldBytes()).isEqualTo(2000);
        lent.getLast().giveBack();
        assertThat(arenas.heldBytes()).isZero();
        lendAndGiveBack(1000);
    }

    @Test
    void oneThatCannotBeAllocatedLeavesNothingBehind() {
        assertThatThrownBy(() -> buffers.lend(MACHINE_BYTES + 1)).isInstanceOf(StateException.class);
        assertThat(arenas.made).hasSize(1).allMatch(arena -> !arena.scope().isAlive());
        lendAndGiveBack(2 * ALWAYS_KEPT_BYTES, 2 * ALWAYS_KEPT_BYTES);
        assertThat(arenas.heldBytes()).isZero();
    }

    @Test
    void severalThreadsNeverShareOne() {
        Set<StateBuffers.Buffer> borrowed = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 4).parallel().forEach(thread -> {
            for (int i = 0; i < 2000; i++) {
                StateBuffers.Buffer buffer = buffers.lend(1000 + thread);
                assertThat(borrowed.add(buffer)).isTrue();
                borrowed.remove(buffer);
                buffer.giveBack();
            }
        });
        assertThat(borrowed).isEmpty();
        assertThat(arenas.heldBytes()).isEqualTo(buffers.keptBytes());
    }
}
