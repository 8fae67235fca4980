package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SequenceStoreTest {

    private static final int CELLS = 400;
    private static final int OPERATIONS = 200;

    private final DecoderLimits limits = new DecoderLimits(300, CELLS, CELLS, 64, 9, true, true, true);
    private final FakeDecoder decoder = new FakeDecoder(limits, new FakeClock());
    private final SequenceStore store = new SequenceStore(
            decoder,
            EngineOptions.builder().parallelSequences(4).retainedSequences(8).build(),
            new Telemetry(List.of()));
    private final List<Running> running = new ArrayList<>();

    private record Running(Branch branch, TokenList tokens) {}

    @Property(tries = 100)
    void whatIdleSequencesHoldCanBeHadWhateverHappenedBefore(@ForAll Random random) {
        for (int i = 0; i < OPERATIONS; i++) {
            int before = running.size();
            switch (random.nextInt(6)) {
                case 0 -> open(random);
                case 1 -> ifAny(random, this::retain);
                case 2 -> ifAny(random, this::close);
                case 3 -> ifAny(random, one -> cut(one, random));
                case 4 -> store.offload(random.nextInt(100));
                default -> ifAny(random, one -> append(one, random.nextInt(1, 20)));
            }
            assertThat(store.obtainableCells())
                    .as("operation %d, %d running before it", i, before)
                    .isEqualTo(CELLS
                            - decoder.cellsOf(running.stream()
                                    .map(one -> one.branch().sequenceId())
                                    .toList()));
            assertThat(store.usedCells()).isEqualTo(decoder.usedCells());
            for (Running one : running) {
                assertThat(decoder.tokens(one.branch().sequenceId()))
                        .isEqualTo(
                                Arrays.copyOf(one.tokens().array(), one.tokens().size()));
            }
        }
    }

    @Test
    void tokensThatAreNotInTheMemoryYetCannotBeShiftedOutOfIt() {
        open(new Random(1));
        Running one = running.getFirst();
        int decoded = one.branch().length();
        one.tokens().add(1);
        one.tokens().add(2);
        assertThat(store.shift(one.branch(), decoded, decoded + 1, one.tokens()))
                .isFalse();
        assertThat(store.usedCells()).isEqualTo(decoder.usedCells()).isEqualTo(decoded);
        assertThat(store.shift(one.branch(), decoded - 1, decoded, one.tokens()))
                .isTrue();
        assertThat(store.usedCells()).isEqualTo(decoder.usedCells()).isEqualTo(decoded - 1);
    }

    private void ifAny(Random random, Consumer<Running> action) {
        if (!running.isEmpty()) {
            action.accept(running.get(random.nextInt(running.size())));
        }
    }

    private void open(Random random) {
        int[] prompt = random.ints(random.nextInt(1, 60), 0, 2).toArray();
        if (running.size() < 4) {
            store.open(store.findPrefix(prompt, prompt.length - 1)).ifPresent(branch -> {
                Running one = new Running(branch, new TokenList(Arrays.copyOf(prompt, branch.length())));
                running.add(one);
                append(one, prompt.length - branch.length());
            });
        }
    }

    private void append(Running one, int count) {
        if (!store.makeRoom(count)) {
            return;
        }
        TokenBatch batch = new TokenBatch(64);
        for (int i = 0; i < count; i++) {
            int token = one.tokens().size() % 3;
            batch.add(token, one.tokens().size(), one.branch().sequenceId(), false);
            one.tokens().add(token);
            store.append(one.branch(), token);
        }
        decoder.decode(batch);
    }

    private void cut(Running one, Random random) {
        int length = random.nextInt(one.branch().length() + 1);
        store.cut(one.branch(), length);
        one.tokens().truncate(length);
    }

    private void retain(Running one) {
        running.remove(one);
        store.retain(one.branch(), one.tokens(), Branch.Use.RETAINED);
    }

    private void close(Running one) {
        running.remove(one);
        store.close(one.branch());
    }
}
