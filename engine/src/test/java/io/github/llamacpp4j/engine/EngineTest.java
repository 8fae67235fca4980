package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.LIMITS;
import static io.github.llamacpp4j.engine.EngineHarness.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineTest {

    private final ConcurrentLinkedQueue<FakeDecoder> decoders = new ConcurrentLinkedQueue<>();
    private final Semaphore gate = new Semaphore(0);

    private Engine start(EngineOptions.Builder options, boolean gated) {
        return Engine.start(
                () -> {
                    FakeDecoder decoder = new FakeDecoder(LIMITS, new FakeClock());
                    if (gated) {
                        decoder.whileDecoding = gate::acquireUninterruptibly;
                    }
                    decoders.add(decoder);
                    return decoder;
                },
                new FakeVocabulary(300),
                options.build());
    }

    @Test
    void tenThousandVirtualThreadsWaitForRoomAndAllAreServed() throws InterruptedException {
        AtomicInteger tokens = new AtomicInteger();
        try (Engine engine = start(EngineOptions.builder().parallelSequences(16).queueCapacity(32), false)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                String prompt = "p" + i % 100;
                threads.add(Thread.startVirtualThread(() -> tokens.addAndGet(
                        engine.submit(request(prompt).maxTokens(2).build())
                                .result()
                                .tokens()
                                .size())));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(tokens).hasValue(20_000);
            waitUntil(() -> engine.stats().generatedTokens() == 20_000);
        }
        assertThat(decoders.element().closed).isTrue();
    }

    @Test
    void nothingKeepsAClosedEngine() throws InterruptedException {
        try (Engine engine = start(EngineOptions.builder().stuckAfter(Duration.ofHours(1)), false)) {
            engine.submit(request("p").maxTokens(2).build()).result();
        }
        WeakReference<FakeDecoder> decoder = new WeakReference<>(decoders.remove());
        waitUntil(() -> {
            System.gc();
            return decoder.get() == null;
        });
    }

    @Test
    void trySubmitFailsFastAndSubmitGivesUpAtItsDeadline() {
        EventLog log = new EventLog();
        try (Engine engine = start(
                EngineOptions.builder().parallelSequences(1).queueCapacity(1).addListener(log), true)) {
            Generation running = engine.submit(request("running").build());
            waitUntil(() ->
                    engine.stats().queueLength() == 0 || log.with("admitted").size() == 1);
            engine.submit(request("waiting").build());
            assertThatThrownBy(() ->
                            engine.trySubmit(request("refused").caller("me").build()))
                    .isInstanceOf(EngineOverloadedException.class)
                    .hasMessageContaining("the queue of 1 requests is full; try again later");
            assertThatThrownBy(() -> engine.submit(
                            request("refused").timeout(Duration.ofMillis(20)).build()))
                    .isInstanceOf(EngineOverloadedException.class)
                    .hasMessageContaining("no room in the queue within PT0.02S");
            assertThat(log.with("rejected")).hasSize(2).contains("rejected me");
            gate.release(1000);
            assertThat(running.result().tokens()).hasSize(10);
        }
    }

    @Test
    void interruptingASubmitterOrReaderCancels() throws InterruptedException {
        try (Engine engine = start(EngineOptions.builder().parallelSequences(1).queueCapacity(1), true)) {
            Generation first = engine.submit(request("first").build());
            waitUntil(gate::hasQueuedThreads);
            engine.submit(request("second").build());
            AtomicInteger interrupted = new AtomicInteger();
            Thread submitter = Thread.ofVirtual().start(() -> {
                try {
                    engine.submit(request("third").build());
                } catch (EngineInterruptedException e) {
                    interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
                }
            });
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    first.next();
                } catch (EngineInterruptedException e) {
                    interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 10 : 0);
                }
            });
            submitter.interrupt();
            reader.interrupt();
            submitter.join();
            reader.join();
            assertThat(interrupted).hasValue(11);
            gate.release(1000);
            assertThat(first.result().end().reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void drainServesWhatWasTakenAndRefusesTheRest() {
        Engine engine = start(EngineOptions.builder(), true);
        List<Generation> streams = engine.submit(request("drain").build(), 6);
        assertThat(engine.drain(Duration.ofMillis(20))).isFalse();
        assertThatThrownBy(() -> engine.submit(request("late").build())).isInstanceOf(EngineClosedException.class);
        gate.release(10_000);
        assertThat(engine.drain(Duration.ofSeconds(30))).isTrue();
        streams.forEach(stream -> assertThat(stream.result().tokens()).hasSize(10));
        assertThat(decoders.element().closed).isTrue();
        engine.close();
    }

    @Test
    void closeFailsWhatIsNotDoneAndWakesThoseWhoWait() throws InterruptedException {
        Engine engine = start(EngineOptions.builder().parallelSequences(1).queueCapacity(1), true);
        Generation running = engine.submit(request("running").build());
        waitUntil(gate::hasQueuedThreads);
        Generation queued = engine.submit(request("queued").build());
        CountDownLatch refused = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            Thread.startVirtualThread(() -> {
                try {
                    engine.submit(request("waiting").build());
                } catch (EngineClosedException e) {
                    refused.countDown();
                }
            });
        }
        Thread.startVirtualThread(() -> {
            waitUntil(() -> decoders.element().aborted);
            gate.release(1000);
        });
        engine.close();
        engine.close();
        refused.await();
        assertThatThrownBy(running::result).isInstanceOf(EngineClosedException.class);
        assertThatThrownBy(queued::result).isInstanceOf(EngineClosedException.class);
        assertThatThrownBy(() -> engine.trySubmit(request("late").build())).isInstanceOf(EngineClosedException.class);
        assertThat(engine.isRunning()).isFalse();
        assertThat(decoders.element().closed).isTrue();
    }

    @Test
    void requestsThatComeWhileTheEngineFallsAsleepAreServed() {
        try (Engine engine = start(EngineOptions.builder().parallelSequences(1), false)) {
            for (int i = 0; i < 5_000; i++) {
                Generation first = engine.submit(request("a").maxTokens(1).build());
                Generation second = engine.submit(request("b").maxTokens(1).build());
                assertThat(first.result().tokens()).hasSize(1);
                assertThat(second.result().tokens()).hasSize(1);
            }
        }
    }

    @Test
    void deathFailsAllHandlesWithTheCauseAndRestartRevives() {
        Engine engine = start(EngineOptions.builder().parallelSequences(1), true);
        Generation running = engine.submit(request("running").build());
        Generation queued = engine.submit(request("queued").build());
        decoders.element().before = batch -> {
            throw new OutOfMemoryError("planted");
        };
        assertThatThrownBy(engine::restart).isInstanceOf(IllegalStateException.class);
        gate.release(1);
        for (Generation stream : List.of(running, queued)) {
            assertThatThrownBy(stream::result)
                    .isInstanceOf(EngineFailedException.class)
                    .hasMessageContaining("planted")
                    .hasMessageContaining("restart()")
                    .hasCauseInstanceOf(OutOfMemoryError.class);
        }
        assertThat(engine.isRunning()).as("once anybody knows").isFalse();
        assertThatThrownBy(() -> engine.submit(request("x").build())).isInstanceOf(EngineFailedException.class);

        engine.restart();
        assertThat(decoders.element().closed).as("the decoder before").isTrue();
        gate.release(1000);
        assertThat(engine.submit(request("again").build()).result().tokens()).hasSize(10);
        assertThat(decoders).hasSize(2);
        engine.close();
        assertThatThrownBy(engine::restart).isInstanceOf(EngineClosedException.class);
    }

    private static void kill(Engine engine, FakeDecoder decoder) {
        decoder.before = batch -> {
            throw new OutOfMemoryError("planted");
        };
        assertThatThrownBy(engine.submit(request("x").build())::result).isInstanceOf(EngineFailedException.class);
    }

    @Test
    void aRestartMakesNoDecoderBeforeTheOldOneIsClosed() throws InterruptedException {
        try (Engine engine = start(EngineOptions.builder(), false)) {
            FakeDecoder old = decoders.element();
            old.whileClosing = gate::acquireUninterruptibly;
            kill(engine, old);
            AtomicInteger unclosed = new AtomicInteger();
            Thread restarting = Thread.ofPlatform().start(() -> {
                engine.restart();
                unclosed.set(old.closed ? 0 : 1);
            });
            waitUntil(() -> restarting.getState() == Thread.State.TIMED_WAITING || decoders.size() > 1);
            assertThat(decoders).as("as long as the old one holds its memory").hasSize(1);
            gate.release();
            restarting.join();
            assertThat(decoders).hasSize(2);
            assertThat(unclosed).hasValue(0);
            assertThat(engine.submit(request("again").build()).result().tokens())
                    .hasSize(10);
        }
    }

    @Test
    void aRestartGivesUpOnADecoderThatHangsAndKeepsNobodyFromClosing() throws InterruptedException {
        Engine engine = start(EngineOptions.builder(), false);
        decoders.element().whileClosing = gate::acquireUninterruptibly;
        kill(engine, decoders.element());
        assertThatThrownBy(() -> engine.restart(Duration.ofMillis(20)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has not closed its decoder yet");
        assertThat(decoders).hasSize(1);

        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread interrupted = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(engine::restart)));
        waitUntil(() -> interrupted.getState() == Thread.State.TIMED_WAITING);
        interrupted.interrupt();
        interrupted.join();
        assertThat(thrown.get()).isInstanceOf(EngineInterruptedException.class);

        Thread refused = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(engine::restart)));
        waitUntil(() -> refused.getState() == Thread.State.TIMED_WAITING);
        Thread closing = Thread.ofPlatform().start(engine::close);
        waitUntil(() -> closing.getState() == Thread.State.TIMED_WAITING);
        gate.release();
        refused.join();
        closing.join();
        assertThat(thrown.get()).isInstanceOf(EngineClosedException.class);
        assertThat(decoders).hasSize(1);
    }

    @Test
    void aListenerThatRestartsOrClosesItsEngineDoesNotWaitForItself() {
        AtomicReference<Engine> own = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        EngineListener listener = new EngineListener() {
            @Override
            public void failed(long requestId, String caller, Throwable cause) {
                thrown.set(catchThrowable(() -> own.get().restart()));
                own.get().close();
            }
        };
        Engine engine = start(EngineOptions.builder().addListener(listener), false);
        own.set(engine);
        decoders.element().whileClosing = gate::acquireUninterruptibly;
        kill(engine, decoders.element());
        waitUntil(gate::hasQueuedThreads);
        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("a listener");
        gate.release();
    }

    @Test
    void everyHandleFailsEvenIfAListenerFailsToo() {
        EngineListener listener = new EngineListener() {
            @Override
            public void failed(long requestId, String caller, Throwable cause) {
                throw new AssertionError("listener");
            }
        };
        try (Engine engine = start(EngineOptions.builder().addListener(listener), true)) {
            List<Generation> streams = engine.submit(request("x").build(), 3);
            decoders.element().before = batch -> {
                throw new OutOfMemoryError("planted");
            };
            gate.release(1);
            for (Generation stream : streams) {
                waitUntil(() -> stream.events().isEnded());
                assertThatThrownBy(stream::result).isInstanceOf(EngineFailedException.class);
            }
        }
    }

    @Test
    void aDecoderThatAlwaysFailsEndsTheEngine() {
        try (Engine engine = start(EngineOptions.builder().queueCapacity(100), false)) {
            decoders.element().before = batch -> {
                throw new IllegalStateException("broken device");
            };
            List<Generation> streams = engine.submit(request("x").build(), 60);
            int dead = 0;
            for (Generation stream : streams) {
                try {
                    stream.result();
                } catch (DecodeFailedException e) {
                    assertThat(e).hasMessageContaining("broken device");
                } catch (EngineFailedException e) {
                    dead++;
                }
            }
            assertThat(dead).isPositive();
        }
    }

    @Test
    void aStuckStepIsReported() {
        EventLog log = new EventLog();
        try (Engine engine =
                start(EngineOptions.builder().stuckAfter(Duration.ofMillis(20)).addListener(log), true)) {
            Generation stream = engine.submit(request("stuck").build());
            waitUntil(() -> !log.with("stuck").isEmpty());
            assertThat(log.with("stuck")).hasSize(1);
            gate.release(1000);
            assertThat(stream.result().tokens()).hasSize(10);
        }
    }

    @Test
    void pinningWaitsUntilThePrefixIsThere() {
        try (Engine engine = start(EngineOptions.builder(), false)) {
            try (PrefixPin pin = engine.pin(EngineHarness.tokens("a pinned prefix"))) {
                assertThat(pin).isNotNull();
                assertThat(engine.submit(request("a pinned prefix, used").build())
                                .result()
                                .end()
                                .usage()
                                .cachedTokens())
                        .isEqualTo(15);
            }
        }
    }

    @Test
    void aPinWhoseCallerWasInterruptedHoldsNothing() throws InterruptedException {
        try (Engine engine = start(EngineOptions.builder().retainedSequences(1), true)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread pinning = Thread.ofPlatform()
                    .start(() -> thrown.set(catchThrowable(() -> engine.pin(EngineHarness.tokens("nobody's")))));
            waitUntil(gate::hasQueuedThreads);
            pinning.interrupt();
            pinning.join();
            assertThat(thrown.get()).isInstanceOf(EngineInterruptedException.class);
            gate.release(1000);
            try (PrefixPin pin = engine.pin(EngineHarness.tokens("the only one"))) {
                assertThat(pin).isNotNull();
            }
        }
    }

    @Test
    void aVocabularyOfAnotherSizeIsRefusedAndTheDecoderClosed() {
        FakeDecoder decoder = new FakeDecoder(LIMITS, new FakeClock());
        assertThatThrownBy(() -> Engine.start(() -> decoder, new FakeVocabulary(299), EngineOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the decoder knows 300 tokens and the vocabulary 299");
        assertThat(decoder.closed).isTrue();
    }

    private static void waitUntil(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
