package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.TinyMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Memories beside the plain one: recurrent, hybrid and with a sliding window. Sequences of uneven lengths share batches
 * (C54), parts are removed, copied and moved (C08) and states come back (C36), in any order: each request is done or
 * refused, and the process lives.
 */
class OtherMemoriesIT {

    private static final int SEQUENCES = 8;
    private static final int STEPS = 250;

    private static ContextOptions options(boolean unified) {
        return Contexts.small()
                .batchSize(64)
                .microBatchSize(32)
                .maxSequences(SEQUENCES)
                .unifiedCache(unified)
                .build();
    }

    /** Does one thing after another to a memory; arguments: a model and whether its sequences share the memory. */
    static final class Main {

        private final Random random = new Random(5);
        private final Context context;
        private byte[] state = new byte[0];

        private Main(Context context) {
            this.context = context;
        }

        public static void main(String[] arguments) {
            try (Model model = Model.load(Path.of(arguments[0]));
                    Context context = model.newContext(options(Boolean.parseBoolean(arguments[1])))) {
                Main walk = new Main(context);
                int refused = 0;
                for (int step = 0; step < STEPS; step++) {
                    try {
                        walk.step();
                    } catch (LlamaException | IllegalArgumentException | IllegalStateException refusal) {
                        refused++;
                    }
                }
                context.memory().clear(true);
                context.append(0, 5, 6, 7);
                System.out.println("refused " + refused + ", last " + context.logits(-1).length);
            }
        }

        private void step() {
            ContextMemory memory = context.memory();
            int sequence = random.nextInt(SEQUENCES);
            int other = random.nextInt(SEQUENCES);
            int from = random.nextInt(40);
            int to = random.nextBoolean() ? from + random.nextInt(40) : ContextMemory.TO_THE_END;
            switch (random.nextInt(12)) {
                case 0, 1 ->
                    context.append(sequence, random.ints(1 + from, 0, 200).toArray());
                case 2, 3 -> context.decode(unevenBatch());
                case 4 -> memory.remove(sequence, from, to);
                case 5 -> memory.remove(sequence);
                case 6 -> memory.copy(sequence, other);
                case 7 -> memory.copy(sequence, other, from, to);
                case 8 -> memory.shift(sequence, from, to, random.nextInt(21) - 10);
                case 9 -> memory.divide(sequence, from, to, 1 + random.nextInt(3));
                case 10 -> state = context.state().saveSequence(sequence);
                default -> context.state().restoreSequence(other, state);
            }
        }

        private Batch unevenBatch() {
            Batch batch = new Batch(64);
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                int next = context.memory().lastPosition(sequence) + 1;
                for (int i = 0; i < sequence % 5; i++) {
                    batch.add(random.nextInt(200), next + i, sequence, i + 1 == sequence % 5);
                }
            }
            return batch;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsDoneToAMemoryTheProcessLives(TinyMemory kind, @TempDir Path folder) {
        Path file = kind.writeTo(folder.resolve("model.gguf"));
        for (boolean unified : new boolean[] {true, false}) {
            assertThat(ForkedJvm.of(Main.class)
                            .arguments(file.toString(), Boolean.toString(unified))
                            .environment("GGML_NO_BACKTRACE", "1")
                            .timeout(Duration.ofMinutes(3))
                            .run()
                            .assertSucceeded()
                            .stdout())
                    .startsWith("refused ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void sequencesOfUnevenLengthInOneBatchComputeWhatTheyDoAlone(TinyMemory kind, @TempDir Path folder) {
        try (Model model = Model.load(kind.writeTo(folder.resolve("model.gguf")));
                Context together = model.newContext(options(true));
                Context alone = model.newContext(options(true))) {
            Batch batch = new Batch(64);
            int[] rows = new int[SEQUENCES];
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                for (int i = 0; i <= sequence; i++) {
                    rows[sequence] = batch.add(tokens(sequence)[i], i, sequence, i == sequence);
                }
            }
            together.decode(batch);
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                alone.memory().clear(true);
                alone.append(0, tokens(sequence));
                assertThat(together.logits(rows[sequence])).containsExactly(alone.logits(-1), within(1e-3f));
            }
        }
    }

    private static int[] tokens(int sequence) {
        int[] tokens = new int[sequence + 1];
        Arrays.setAll(tokens, i -> 10 + 7 * sequence + i);
        return tokens;
    }

    @Test
    void aPartOfARecurrentMemoryIsNotRemovedAndNothingChanges(@TempDir Path folder) {
        for (TinyMemory kind : new TinyMemory[] {TinyMemory.RECURRENT, TinyMemory.HYBRID}) {
            try (Model model = Model.load(kind.writeTo(folder.resolve(kind + ".gguf")));
                    Context context = model.newContext(options(true))) {
                context.append(0, 5, 6, 7, 8);
                assertThat(context.memory().remove(0, 1, 3)).as(kind.name()).isFalse();
                assertThat(context.memory().lastPosition(0)).isEqualTo(3);
                context.append(0, 9);
                assertThat(context.memory().lastPosition(0)).isEqualTo(4);
            }
        }
    }
}
