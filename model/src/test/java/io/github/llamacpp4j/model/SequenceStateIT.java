package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SequenceStateIT extends PromptedModel {

    private static final int RESTORED = 3;

    private static Context open() {
        return model.newContext(Contexts.small().maxSequences(RESTORED + 1).build());
    }

    /** Fills a sequence with so many tokens, beginning with a different one for each sequence. */
    private static void fill(Context context, int sequence, int length) {
        int[] tokens = new int[length];
        Arrays.setAll(tokens, i -> prompt[(sequence + i) % prompt.length]);
        context.memory().remove(sequence);
        context.append(sequence, tokens);
    }

    private static float[] continued(Context context, int sequence) {
        context.append(sequence, prompt[0]);
        return context.logits(-1);
    }

    private static float[] continued(Context context, SequenceState copy) {
        context.state().restoreSequence(RESTORED, copy);
        return continued(context, RESTORED);
    }

    @Test
    void memoryOfAClosedCopyServesTheNextWithoutATrace() {
        try (Context context = open()) {
            fill(context, 0, 100);
            SequenceState closed = context.state().copySequence(0);
            long size = closed.sizeBytes();
            closed.close();
            fill(context, 1, 60);
            try (SequenceState copy = context.state().copySequence(1)) {
                assertThat(copy.sizeBytes()).isEqualTo(size);
                assertThat(continued(context, copy)).isEqualTo(continued(context, 1));
                assertThatThrownBy(() -> context.state().restoreSequence(RESTORED, closed))
                        .isInstanceOf(StateException.class)
                        .hasMessageContaining("closed");
            }
        }
    }

    @Test
    void copiesOfDifferentSizesAreEachWhatWasCopied() {
        try (Context context = open()) {
            List<Integer> lengths = List.of(150, 20, 80, 150, 75, 21, 149, 1);
            List<SequenceState> copies = new ArrayList<>();
            List<float[]> expected = new ArrayList<>();
            for (int round = 0; round < lengths.size(); round++) {
                int sequence = round % RESTORED;
                fill(context, sequence, lengths.get(round));
                copies.add(context.state().copySequence(sequence));
                expected.add(continued(context, sequence));
                if (round % 2 == 1) {
                    expected.remove(expected.size() - 2);
                    copies.remove(copies.size() - 2).close();
                }
                for (int i = 0; i < copies.size(); i++) {
                    assertThat(continued(context, copies.get(i))).isEqualTo(expected.get(i));
                }
            }
            copies.forEach(SequenceState::close);
        }
    }

    @Test
    void closingTwiceGivesTheMemoryBackOnce() {
        try (Context context = open()) {
            fill(context, 0, 50);
            SequenceState closed = context.state().copySequence(0);
            closed.close();
            closed.close();
            try (SequenceState first = context.state().copySequence(0)) {
                closed.close();
                float[] expected = continued(context, 0);
                fill(context, 0, 49);
                try (SequenceState second = context.state().copySequence(0)) {
                    assertThat(continued(context, first)).isEqualTo(expected);
                    assertThat(continued(context, second)).isEqualTo(continued(context, 0));
                }
            }
        }
    }

    @Test
    void aCopyMayBeClosedAfterItsContext() {
        Context context = open();
        fill(context, 0, 50);
        SequenceState early = context.state().copySequence(0);
        SequenceState late = context.state().copySequence(0);
        early.close();
        StateBuffers buffers = context.stateBuffers();
        assertThat(buffers.keptBytes()).isEqualTo(early.sizeBytes());
        context.close();
        assertThat(buffers.keptBytes()).isZero();
        late.close();
        late.close();
        early.close();
        assertThat(buffers.keptBytes()).isZero();
        assertThatThrownBy(() -> context.state().copySequence(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCopyThatIsClosedWhileItIsRestoredIsRestoredOrRefused() throws Exception {
        try (Context context = open();
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            fill(context, 0, 60);
            SequenceState whole = context.state().copySequence(0);
            float[] expected = continued(context, whole);
            whole.close();
            for (int i = 0; i < 200; i++) {
                SequenceState copy = context.state().copySequence(0);
                Future<?> closing = other.submit(copy::close);
                try {
                    assertThat(continued(context, copy)).isEqualTo(expected);
                } catch (StateException refused) {
                    assertThat(refused).hasMessageContaining("closed");
                }
                closing.get();
            }
        }
    }
}
