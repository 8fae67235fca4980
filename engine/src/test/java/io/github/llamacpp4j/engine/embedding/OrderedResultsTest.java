package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OrderedResultsTest {

    private static final int BATCH_TOKENS = 10;
    private static final int BATCH_TEXTS = 4;

    private static SequenceService service(FakeComputer computer, int capacity) {
        return new SequenceService(
                "test",
                new SequenceService.Shape(1, 1, BatchShape.plain(BATCH_TOKENS, BATCH_TEXTS), capacity),
                () -> computer);
    }

    /** A text is "value" or "value*length": a sequence that starts with the value and has that length. */
    private static Plan plan(String text) {
        String[] parts = text.split("\\*", -1);
        if (text.isEmpty()) {
            throw new EmptyTextException();
        }
        int[] tokens = new int[parts.length == 1 ? 1 : Integer.parseInt(parts[1])];
        tokens[0] = Integer.parseInt(parts[0]);
        return new Plan(List.of(tokens), false);
    }

    private static OrderedResults<String, Integer> results(SequenceService service, Iterator<String> texts) {
        return new OrderedResults<>(service, texts, OrderedResultsTest::plan, (plan, rows) -> (int) rows.getFirst()[0]);
    }

    @Test
    void keepsTheOrderOfTheTextsWhileLongAndShortOnesAreComputedInTurn() {
        FakeComputer computer = new FakeComputer(Integer.MAX_VALUE);
        try (SequenceService service = service(computer, 1000)) {
            List<Integer> values = new ArrayList<>();
            results(service, List.of("1*2", "2*5", "3*1", "4*9", "5*3").iterator())
                    .forEachRemaining(values::add);
            assertThat(values).containsExactly(1, 2, 3, 4, 5);
        }
        assertThat(computer.batches.stream().flatMap(List::stream).map(tokens -> tokens.length))
                .containsExactly(9, 1, 5, 2, 3);
    }

    @Test
    void batchesStayWithinTheirTokensAndTexts() {
        FakeComputer computer = new FakeComputer(Integer.MAX_VALUE);
        List<String> texts = IntStream.range(0, 500)
                .mapToObj(i -> i + "*" + (1 + i * 7 % 30))
                .toList();
        try (SequenceService service = service(computer, 1000)) {
            List<Integer> values = new ArrayList<>();
            results(service, texts.iterator()).forEachRemaining(values::add);
            assertThat(values).isEqualTo(IntStream.range(0, 500).boxed().toList());
        }
        assertThat(computer.batches)
                .allSatisfy(batch -> assertThat(batch.size()).isLessThanOrEqualTo(BATCH_TEXTS))
                .allSatisfy(batch -> assertThat(batch.size() == 1
                                || batch.stream()
                                                .mapToInt(tokens -> tokens.length)
                                                .sum()
                                        <= BATCH_TOKENS)
                        .isTrue());
        assertThat(computer.closed).isTrue();
    }

    @Test
    void readsOnlyAFewChunksAhead() {
        AtomicInteger read = new AtomicInteger();
        Iterator<String> endless =
                Stream.generate(() -> String.valueOf(read.getAndIncrement())).iterator();
        try (SequenceService service = service(new FakeComputer(Integer.MAX_VALUE), 1000);
                OrderedResults<String, Integer> results = results(service, endless)) {
            for (int i = 0; i < 1000; i++) {
                assertThat(results.next()).isEqualTo(i);
                assertThat(read.get() - i).isLessThanOrEqualTo(2 * OrderedResults.CHUNK_TEXTS + 2);
            }
        }
    }

    @Test
    void aTextThatFailsDoesNotStopTheOthers() {
        try (SequenceService service = service(new FakeComputer(Integer.MAX_VALUE), 1000);
                OrderedResults<String, Integer> results =
                        results(service, List.of("1", "", "-1", "2").iterator())) {
            assertThat(results.next()).isEqualTo(1);
            assertThatThrownBy(results::next).isInstanceOf(EmptyTextException.class);
            assertThatThrownBy(results::next)
                    .isInstanceOf(EmbeddingFailedException.class)
                    .hasMessageContaining("poisoned");
            assertThat(results.next()).isEqualTo(2);
            assertThat(results.hasNext()).isFalse();
            assertThatThrownBy(results::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void aFullQueueRefusesANewCallAtOnce() throws InterruptedException {
        FakeComputer computer = new FakeComputer(0);
        try (SequenceService service = service(computer, 2)) {
            Thread first = Thread.ofVirtual()
                    .start(() -> results(service, List.of("1*10").iterator()).next());
            computer.started.await();
            Thread second = Thread.ofVirtual()
                    .start(() ->
                            results(service, List.of("2*10", "3*10").iterator()).forEachRemaining(value -> {}));
            while (service.waiting() < 2) {
                Thread.sleep(1);
            }
            assertThatThrownBy(() -> results(service, List.of("4").iterator()).next())
                    .isInstanceOf(EmbedderOverloadedException.class)
                    .hasMessageContaining("queueCapacity");
            computer.permits.release(1000);
            first.join();
            second.join();
            assertThat(results(service, List.of("4").iterator()).next()).isEqualTo(4);
        }
    }

    @Test
    void interruptingTheReaderCancelsWhatWaitsAndStopsWhatRuns() throws InterruptedException {
        FakeComputer computer = new FakeComputer(0);
        List<Throwable> thrown = new ArrayList<>();
        try (SequenceService service = service(computer, 1000)) {
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    results(service, List.of("1*10", "2*10", "3*10").iterator()).next();
                } catch (EmbeddingCancelledException cancelled) {
                    thrown.add(cancelled);
                    thrown.add(
                            new Throwable(String.valueOf(Thread.currentThread().isInterrupted())));
                }
            });
            computer.started.await();
            reader.interrupt();
            reader.join();
            assertThat(thrown).hasSize(2);
            assertThat(thrown.get(1)).hasMessage("true");
            assertThat(service.waiting()).isZero();
            computer.permits.release(1000);
            assertThat(results(service, List.of("7").iterator()).next()).isEqualTo(7);
        }
        assertThat(computer.batches.stream().flatMap(List::stream)).hasSize(1);
    }

    @Test
    void closingTheServiceIsTheReasonOfEveryFailureAndEndsItsThread() throws InterruptedException {
        FakeComputer computer = new FakeComputer(0);
        List<Throwable> thrown = new ArrayList<>();
        SequenceService service = service(computer, 1000);
        OrderedResults<String, Integer> results =
                results(service, List.of("1*5", "2*5", "3*10").iterator());
        Thread reader = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 3; i++) {
                try {
                    results.next();
                } catch (EmbeddingException failed) {
                    thrown.add(failed);
                }
            }
        });
        computer.started.await();
        service.close();
        reader.join();
        assertThat(thrown).hasSize(3).hasOnlyElementsOfType(EmbedderClosedException.class);
        assertThat(computer.closed).isTrue();
        assertThatThrownBy(() -> results(service, List.of("1").iterator()).next())
                .isInstanceOf(EmbedderClosedException.class);
    }

    @Test
    void closingTheResultsWakesTheirReaderAndLeavesTheServiceToOthers() throws InterruptedException {
        FakeComputer computer = new FakeComputer(0);
        List<Throwable> thrown = new ArrayList<>();
        try (SequenceService service = service(computer, 1000)) {
            OrderedResults<String, Integer> others =
                    results(service, List.of("7*10").iterator());
            OrderedResults<String, Integer> results =
                    results(service, List.of("1*9", "2*10").iterator());
            Thread reader = Thread.ofPlatform().start(() -> {
                while (thrown.size() < 3) {
                    try {
                        results.next();
                    } catch (EmbeddingException ended) {
                        thrown.add(ended);
                    }
                }
            });
            computer.started.await();
            results.close();
            reader.join();
            assertThat(thrown).hasOnlyElementsOfType(EmbeddingCancelledException.class);
            assertThat(results.hasNext()).isFalse();
            computer.permits.release(1000);
            assertThat(others.next()).isEqualTo(7);
        }
    }

    @Test
    void aRefusedCallTriesAgainWithTheSameTexts() throws InterruptedException {
        FakeComputer computer = new FakeComputer(0);
        try (SequenceService service = service(computer, 1);
                OrderedResults<String, Integer> refused =
                        results(service, List.of("4", "5").iterator())) {
            Thread other = Thread.ofVirtual()
                    .start(() -> results(
                                    service, List.of("1*10", "2*10", "3*10").iterator())
                            .forEachRemaining(value -> {}));
            computer.started.await();
            assertThatThrownBy(refused::next).isInstanceOf(EmbedderOverloadedException.class);
            assertThat(refused.answered()).isZero();
            computer.permits.release(1000);
            other.join();
            assertThat(refused.hasNext()).isTrue();
            assertThat(refused.next()).isEqualTo(4);
            assertThat(refused.next()).isEqualTo(5);
            assertThat(refused.hasNext()).isFalse();
            assertThat(refused.answered()).isEqualTo(2);
        }
    }

    /** What a reader gets who goes on after every failure: values, and the messages of failures. */
    private static List<Object> answers(OrderedResults<String, Integer> results) {
        List<Object> answers = new ArrayList<>();
        while (results.hasNext()) {
            try {
                answers.add(results.next());
            } catch (RuntimeException failure) {
                answers.add(String.valueOf(failure.getMessage()));
            }
        }
        return answers;
    }

    @Test
    void aSourceThatFailsLosesNoTextBeforeOrBehind() {
        Iterator<String> failing = Stream.of("1", "2", "broken", "3", "4")
                .map(text -> {
                    if (text.equals("broken")) {
                        throw new UncheckedIOException(new IOException("disk"));
                    }
                    return text;
                })
                .iterator();
        try (SequenceService service = service(new FakeComputer(Integer.MAX_VALUE), 1000)) {
            assertThat(answers(results(service, failing))).containsExactly(1, 2, "java.io.IOException: disk", 3, 4);
        }
    }

    @Test
    void aSourceThatFailsForEverFailsOnceForEachText() {
        Iterator<String> broken = new Iterator<>() {
            private int read;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                if (read++ >= 1) {
                    throw new IllegalStateException("failure " + read);
                }
                return "7";
            }
        };
        try (SequenceService service = service(new FakeComputer(Integer.MAX_VALUE), 1000);
                OrderedResults<String, Integer> results = results(service, broken)) {
            assertThat(results.next()).isEqualTo(7);
            assertThatThrownBy(results::next).hasMessage("failure 2");
            assertThatThrownBy(results::next).hasMessage("failure 3");
        }
    }

    @Test
    void aPlannerThatFailsInTheMiddleLosesNoOtherText() {
        try (SequenceService service = service(new FakeComputer(Integer.MAX_VALUE), 1000)) {
            OrderedResults<String, Integer> results = new OrderedResults<>(
                    service,
                    List.of("1", "unplannable", "2").iterator(),
                    text -> {
                        if (text.equals("unplannable")) {
                            throw new NullPointerException("no plan");
                        }
                        return plan(text);
                    },
                    (plan, rows) -> (int) rows.getFirst()[0]);
            assertThat(answers(results)).containsExactly(1, "no plan", 2);
        }
    }

    @Test
    void eachTextThatComesAfterClosingIsAnsweredOnce() {
        SequenceService service = service(new FakeComputer(Integer.MAX_VALUE), 1000);
        Iterator<String> texts =
                IntStream.range(0, 400).mapToObj(String::valueOf).iterator();
        OrderedResults<String, Integer> results = results(service, texts);
        assertThat(results.next()).isZero();
        service.close();
        assertThat(answers(results)).hasSize(399);
        assertThat(results.answered()).isEqualTo(400);
    }

    @Test
    void closingTheResultsWakesAReaderThatWaitsForRoom() throws InterruptedException {
        FakeComputer computer = new FakeComputer(0);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (SequenceService service = service(computer, 2)) {
            Thread running = Thread.ofVirtual()
                    .start(() -> results(service, List.of("1*10").iterator()).next());
            computer.started.await();
            OrderedResults<String, Integer> results = results(
                    service, IntStream.range(0, 200).mapToObj(String::valueOf).iterator());
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    results.next();
                } catch (EmbeddingException ended) {
                    thrown.set(ended);
                }
            });
            while (service.waiting() < OrderedResults.CHUNK_TEXTS || reader.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
            results.close();
            reader.join();
            assertThat(thrown.get()).isInstanceOf(EmbeddingCancelledException.class);
            assertThat(service.waiting()).isZero();
            computer.permits.release(1000);
            running.join();
        }
    }

    @Test
    void nothingOfACallIsTakenThatIsClosedWhileItsTextsAreRead() throws InterruptedException {
        FakeComputer computer = new FakeComputer(0);
        try (SequenceService service = service(computer, 1000)) {
            Thread running = Thread.ofVirtual()
                    .start(() -> results(service, List.of("1*10").iterator()).next());
            computer.started.await();
            AtomicReference<OrderedResults<String, Integer>> closedMeanwhile = new AtomicReference<>();
            closedMeanwhile.set(results(
                    service,
                    Stream.of("2*10")
                            .peek(text -> closedMeanwhile.get().close())
                            .iterator()));
            assertThatThrownBy(closedMeanwhile.get()::next).isInstanceOf(EmbeddingCancelledException.class);
            assertThat(service.waiting()).isZero();
            computer.permits.release(1000);
            running.join();
        }
    }

    @Test
    void aContextThatCannotBeMadeClosesTheOthers() {
        FakeComputer first = new FakeComputer(0);
        Iterator<FakeComputer> computers = List.of(first).iterator();
        assertThatThrownBy(() -> new SequenceService(
                        "test", new SequenceService.Shape(2, 2, BatchShape.plain(1, 1), 1), computers::next))
                .isInstanceOf(NoSuchElementException.class);
        assertThat(first.closed).isTrue();
    }
}
