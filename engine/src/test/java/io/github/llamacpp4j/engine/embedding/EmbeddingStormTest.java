package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that end in every way, side by side: each text is answered once and with its own row, and nothing stays behind. */
@Timeout(120)
class EmbeddingStormTest {

    private static final int CALLERS = 12;
    private static final int CALLS = 12;
    private static final int FAILS_IN_BATCHES = 13;
    private static final int FAILS_ALONE = 17;
    private static final long REFUSED_NANOS = 200_000;

    /** A row is its sequence's first token; some batches fail, and texts of one length always do. */
    private static final class FlakyComputer implements SequenceComputer {

        private final Random random;
        private final AtomicBoolean closed = new AtomicBoolean();
        private volatile boolean aborted;

        FlakyComputer(int seed) {
            this.random = new Random(seed);
        }

        @Override
        public List<float[]> compute(List<int[]> sequences, int threads) {
            aborted = false;
            boolean unlucky = sequences.size() > 1 && random.nextInt(FAILS_IN_BATCHES) == 0;
            if (aborted || unlucky || sequences.stream().anyMatch(tokens -> tokens.length == FAILS_ALONE)) {
                throw new IllegalStateException("flaky");
            }
            return sequences.stream().map(tokens -> new float[] {tokens[0]}).toList();
        }

        @Override
        public void abort() {
            aborted = true;
        }

        @Override
        public long estimatedBytes() {
            return 0;
        }

        @Override
        public void close() {
            assertThat(closed.getAndSet(true)).isFalse();
        }
    }

    /** How a caller behaves. */
    private enum Manner {
        READS_ALL,
        CLOSES_EARLY,
        CLOSES_FROM_ANOTHER_THREAD,
        INTERRUPTS_ITSELF,
        READS_A_BROKEN_SOURCE
    }

    private final List<FlakyComputer> computers = new ArrayList<>();

    private SequenceService service(int contexts, int batchTokens, int batchTexts, int capacity, boolean tiles) {
        BatchShape shape = new BatchShape(
                batchTokens, batchTexts, tiles ? Optional.of(new AttentionBlocks(16, true)) : Optional.empty());
        return new SequenceService("storm", new SequenceService.Shape(contexts, contexts, shape, capacity), () -> {
            computers.add(new FlakyComputer(computers.size()));
            return computers.getLast();
        });
    }

    private static Plan plan(int value) {
        int[] tokens = new int[1 + value % 40];
        tokens[0] = value;
        return new Plan(List.of(tokens), false);
    }

    private static boolean fails(int value) {
        return plan(value).tokenCount() == FAILS_ALONE;
    }

    private static Iterator<Integer> texts(int first, int count, boolean broken) {
        return new Iterator<>() {
            private int next = first;

            @Override
            public boolean hasNext() {
                return next < first + count;
            }

            @Override
            public Integer next() {
                int value = next++;
                if (broken && value == first + count / 2) {
                    throw new IllegalArgumentException("broken source");
                }
                return value;
            }
        };
    }

    /** A call, started again as long as it is refused; true if the service closed meanwhile. */
    private static boolean call(SequenceService service, Random random) {
        Manner manner = Manner.values()[random.nextInt(Manner.values().length)];
        int first = random.nextInt(10_000);
        int count = random.nextInt(random.nextBoolean() ? 3 : 300);
        int last = random.nextInt(Math.max(1, count));
        boolean broken = manner == Manner.READS_A_BROKEN_SOURCE;
        try (OrderedResults<Integer, Integer> results =
                new OrderedResults<>(service, texts(first, count, broken), EmbeddingStormTest::plan, (plan, rows) ->
                        (int) rows.getFirst()[0])) {
            boolean closed = false;
            int at = first;
            while (results.hasNext()) {
                if (at - first == last) {
                    if (manner == Manner.CLOSES_EARLY) {
                        return closed;
                    } else if (manner == Manner.INTERRUPTS_ITSELF) {
                        Thread.currentThread().interrupt();
                    } else if (manner == Manner.CLOSES_FROM_ANOTHER_THREAD) {
                        Thread.ofVirtual().start(results::close);
                    }
                }
                try {
                    assertThat(results.next()).isEqualTo(at);
                    assertThat(fails(at)).isFalse();
                    at++;
                } catch (EmbedderOverloadedException refused) {
                    assertThat(at).isEqualTo(first);
                    LockSupport.parkNanos(REFUSED_NANOS);
                } catch (EmbeddingFailedException failed) {
                    assertThat(fails(at)).isTrue();
                    at++;
                } catch (EmbedderClosedException ended) {
                    closed = true;
                    at++;
                } catch (EmbeddingCancelledException cancelled) {
                    assertThat(manner).isIn(Manner.CLOSES_FROM_ANOTHER_THREAD, Manner.INTERRUPTS_ITSELF);
                } catch (IllegalArgumentException failure) {
                    assertThat(broken).isTrue();
                    at++;
                }
            }
            if (manner == Manner.READS_ALL || broken) {
                assertThat(at).isEqualTo(first + count);
                assertThat(results.answered()).isEqualTo(count);
            }
            return closed;
        } finally {
            Thread.interrupted();
        }
    }

    private static List<Future<Boolean>> storm(ExecutorService callers, SequenceService service) {
        return IntStream.range(0, CALLERS)
                .mapToObj(caller -> callers.submit((Callable<Boolean>) () -> {
                    Random random = new Random(caller);
                    boolean closed = false;
                    for (int i = 0; i < CALLS; i++) {
                        closed |= call(service, random);
                    }
                    return closed;
                }))
                .toList();
    }

    private static void join(List<Future<Boolean>> calls, boolean mayBeClosed)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (Future<Boolean> call : calls) {
            assertThat(call.get(60, TimeUnit.SECONDS)).isIn(false, mayBeClosed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, false",
        "1, 64, 1, 1, true",
        "2, 100, 8, 4, false",
        "3, 256, 32, 200, true",
        "4, 2048, 255, 100000, true"
    })
    void everyTextIsAnsweredOnceAndNothingStaysBehind(
            int contexts, int batchTokens, int batchTexts, int capacity, boolean tiles)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                SequenceService service = service(contexts, batchTokens, batchTexts, capacity, tiles)) {
            join(storm(callers, service), false);
            assertThat(service.waiting()).isZero();
        }
        assertThat(computers).hasSize(contexts).allMatch(computer -> computer.closed.get());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "2, 1000"})
    void closingInTheMiddleEndsEveryCall(int contexts, int capacity)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            SequenceService service = service(contexts, 128, 16, capacity, true);
            List<Future<Boolean>> calls = storm(callers, service);
            Thread.sleep(20);
            service.close();
            join(calls, true);
            assertThat(service.waiting()).isZero();
        }
        assertThat(computers).hasSize(contexts).allMatch(computer -> computer.closed.get());
    }
}
