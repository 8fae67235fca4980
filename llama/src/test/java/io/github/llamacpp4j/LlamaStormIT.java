package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.engine.EngineClosedException;
import io.github.llamacpp4j.engine.EngineInterruptedException;
import io.github.llamacpp4j.engine.EngineOverloadedException;
import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.embedding.EmbedderClosedException;
import io.github.llamacpp4j.engine.embedding.Embedding;
import io.github.llamacpp4j.engine.embedding.EmbeddingStream;
import io.github.llamacpp4j.ffi.LeakDetector;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers that do all that one object can do, give up in every way there is, and see it closed under their hands. */
@Timeout(600)
class LlamaStormIT {

    private static final int CALLERS = 24;
    private static final int ROUNDS = 12;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String QUESTION = "What is the capital of France?";
    private static final String ANSWER = "The capital of France is Paris.";
    private static final String PROMPT = """
            <|im_start|>user
            %s<|im_end|>
            <|im_start|>assistant
            <think>

            </think>

            """.formatted(QUESTION);
    private static final String TEXT = "the cat sat on the mat";

    private enum Deed {
        GENERATE,
        TRY_TO_GENERATE,
        READ_A_STREAM,
        CANCEL_A_STREAM,
        CLOSE_A_STREAM,
        CLOSE_A_STREAM_FROM_ANOTHER_THREAD,
        INTERRUPT_ITSELF,
        CHAT,
        CHAT_UNDER_A_CONSTRAINT,
        CANCEL_A_CHAT,
        CLOSE_A_CHAT,
        EMBED,
        CLOSE_EMBEDDINGS
    }

    private final Set<Deed> done = ConcurrentHashMap.newKeySet();
    private List<Float> vector = List.of();

    private static Llama load() {
        return Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.contextSize(4096).threads(1).batchThreads(1))
                        .embedding(embedding -> embedding.threads(1))
                        .engine(engine -> engine.parallelSequences(6).queueCapacity(CALLERS / 2))
                        .build());
    }

    @Test
    void everyCallerGetsWhatIsTrueAndNothingIsLeft() throws Exception {
        int handles = LeakDetector.openHandles().size();
        Set<Thread> threads = threads();
        try (Llama llama = load()) {
            vector = numbers(llama.embed(TEXT));
            try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> storms = new ArrayList<>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    Random random = new Random(caller);
                    storms.add(callers.submit(() -> {
                        for (int round = 0; round < ROUNDS; round++) {
                            act(llama, random);
                        }
                    }));
                }
                await(storms, callers);
            }

            assertThat(done).containsExactlyInAnyOrder(Deed.values());
            awaitRest(llama);
            assertThat(llama.generate(PROMPT, o -> o.temperature(0).maxTokens(32))
                            .text())
                    .isEqualTo(ANSWER);
        }
        assertNothingIsLeft(handles, threads);
    }

    @Test
    void closingUnderTheirHandsEndsEveryCallWithTheErrorThatSaysSo() throws Exception {
        int handles = LeakDetector.openHandles().size();
        Set<Thread> threads = threads();
        for (int storm = 0; storm < 3; storm++) {
            closeUnderTheirHands(storm);
        }
        assertNothingIsLeft(handles, threads);
    }

    private void closeUnderTheirHands(int storm) throws Exception {
        Llama llama = load();
        if (storm > 0) {
            vector = numbers(llama.embed(TEXT));
        }
        CountDownLatch busy = new CountDownLatch(CALLERS * storm + 1);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> storms = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Random random = new Random(1000L * (storm + 1) + caller);
                storms.add(callers.submit(() -> assertThatThrownBy(() -> {
                            while (true) {
                                busy.countDown();
                                act(llama, random);
                            }
                        })
                        .satisfies(LlamaStormIT::assertSaysThatItIsClosed)));
            }
            assertThat(busy.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Future<?> other = callers.submit(llama::close);
            llama.close();
            storms.add(other);
            await(storms, callers);
        }
        assertThat(llama.model().isOpen()).isFalse();
        for (Deed deed : Deed.values()) {
            assertThatThrownBy(() -> act(llama, deed, new Random(0)))
                    .as(deed.name())
                    .satisfies(LlamaStormIT::assertSaysThatItIsClosed);
        }
        assertThat(Thread.interrupted()).isFalse();
    }

    /** The errors that {@link Llama#close} names. */
    private static void assertSaysThatItIsClosed(Throwable failure) {
        assertThat(failure)
                .isInstanceOfAny(
                        EngineClosedException.class, EmbedderClosedException.class, IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static void await(List<Future<?>> storms, ExecutorService callers) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (Future<?> storm : storms) {
                storm.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private static void awaitRest(Llama llama) throws InterruptedException {
        EngineStats stats = llama.engine().stats();
        while (stats.activeSequences() + stats.queueLength() > 0
                || llama.embedder().waiting() > 0) {
            Thread.sleep(5);
            stats = llama.engine().stats();
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("llamacpp4j-"))
                .collect(Collectors.toSet());
    }

    private static void assertNothingIsLeft(int handlesBefore, Set<Thread> threadsBefore) {
        assertThat(LeakDetector.enabled()).isTrue();
        assertThat(LeakDetector.openHandles()).hasSizeLessThanOrEqualTo(handlesBefore);
        assertThat(threads()).isSubsetOf(threadsBefore);
    }

    private void act(Llama llama, Random random) {
        act(llama, Deed.values()[random.nextInt(Deed.values().length)], random);
    }

    private void act(Llama llama, Deed deed, Random random) {
        switch (deed) {
            case GENERATE ->
                assertThat(llama.generate(PROMPT, o -> o.temperature(0).maxTokens(32))
                                .text())
                        .isEqualTo(ANSWER);
            case TRY_TO_GENERATE -> tryToGenerate(llama);
            case READ_A_STREAM -> {
                try (Generation stream =
                        llama.stream(PROMPT, o -> o.temperature(0).maxTokens(32))) {
                    assertThat(end(stream)).isEqualTo(FinishReason.END_OF_GENERATION);
                }
            }
            case CANCEL_A_STREAM -> {
                try (Generation stream = story(llama)) {
                    skip(stream, random.nextInt(8));
                    stream.cancel();
                    assertThat(end(stream)).isIn(FinishReason.CANCELLED, FinishReason.MAX_TOKENS);
                }
            }
            case CLOSE_A_STREAM -> {
                Generation stream = story(llama);
                skip(stream, random.nextInt(8));
                stream.close();
                assertIsOver(stream);
            }
            case CLOSE_A_STREAM_FROM_ANOTHER_THREAD -> closeFromAnotherThread(llama, random);
            case INTERRUPT_ITSELF -> interruptItself(llama, random);
            case CHAT ->
                assertThat(llama.chat(question(), o -> o.temperature(0).enableThinking(false))
                                .text()
                                .strip())
                        .isEqualTo(ANSWER);
            case CHAT_UNDER_A_CONSTRAINT ->
                assertThat(llama.chat(
                                        question(),
                                        o -> o.enableThinking(false)
                                                .generation(g -> g.constraint(OutputConstraint.choice("yes", "no"))))
                                .text()
                                .strip())
                        .isIn("yes", "no");
            case CANCEL_A_CHAT -> cancelAChat(llama, random);
            case CLOSE_A_CHAT -> {
                ChatStream stream = llama.streamChat(question(), o -> o.temperature(0));
                for (int i = random.nextInt(4); i > 0 && stream.hasNext(); i--) {
                    stream.next();
                }
                stream.close();
                assertThat(stream.hasNext()).isFalse();
            }
            case EMBED -> assertIsThatOfTheText(llama.embed(TEXT));
            case CLOSE_EMBEDDINGS -> {
                try (EmbeddingStream embeddings =
                        llama.streamEmbeddings(Stream.generate(() -> TEXT).limit(40))) {
                    for (int i = random.nextInt(20); i >= 0; i--) {
                        assertIsThatOfTheText(embeddings.next());
                    }
                }
            }
        }
        done.add(deed);
    }

    private static void tryToGenerate(Llama llama) {
        try {
            assertThat(llama.tryGenerate(PROMPT, o -> o.temperature(0).maxTokens(32))
                            .text())
                    .isEqualTo(ANSWER);
        } catch (EngineOverloadedException full) {
            assertThat(full).hasMessageContaining("is full");
        }
    }

    private static void closeFromAnotherThread(Llama llama, Random random) {
        Generation stream = story(llama);
        skip(stream, random.nextInt(4));
        Thread.ofVirtual().start(stream::close);
        int ends = 0;
        while (stream.hasNext()) {
            ends += stream.poll(Duration.ZERO)
                    .filter(FinishedEvent.class::isInstance)
                    .map(end -> 1)
                    .orElse(0);
        }
        assertThat(ends).isLessThanOrEqualTo(1);
        assertIsOver(stream);
    }

    private static void interruptItself(Llama llama, Random random) {
        try (Generation stream = story(llama)) {
            skip(stream, random.nextInt(4));
            Thread.currentThread().interrupt();
            assertThat(stream.result().end().reason())
                    .as("all was there already")
                    .isEqualTo(FinishReason.MAX_TOKENS);
        } catch (EngineInterruptedException interrupted) {
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    private static void cancelAChat(Llama llama, Random random) {
        try (ChatStream stream =
                llama.streamChat(question(), o -> o.maxTokens(100).generation(g -> g.ignoreEndOfGeneration(true)))) {
            for (int i = random.nextInt(4); i > 0 && stream.hasNext(); i--) {
                stream.next();
            }
            stream.cancel();
            assertThat(stream.reply().finishReason()).isIn(FinishReason.CANCELLED, FinishReason.MAX_TOKENS);
            assertThat(stream.hasNext()).isFalse();
        }
    }

    private static List<ChatMessage> question() {
        return List.of(ChatMessage.user(QUESTION));
    }

    private static Generation story(Llama llama) {
        return llama.stream(PROMPT, o -> o.ignoreEndOfGeneration(true).maxTokens(100));
    }

    private static void skip(Generation stream, int events) {
        for (int i = 0; i < events; i++) {
            assertThat(stream.next()).isNotInstanceOf(FinishedEvent.class);
        }
    }

    /** Reads to the one end there is. */
    private static FinishReason end(Generation stream) {
        List<FinishReason> ends = new ArrayList<>();
        while (stream.hasNext()) {
            assertThat(ends).isEmpty();
            if (stream.next() instanceof FinishedEvent end) {
                ends.add(end.reason());
            }
        }
        assertIsOver(stream);
        assertThat(ends).hasSize(1);
        return ends.getFirst();
    }

    private static void assertIsOver(Generation stream) {
        assertThat(stream.hasNext()).isFalse();
        assertThatThrownBy(stream::next).isInstanceOf(NoSuchElementException.class);
    }

    private void assertIsThatOfTheText(Embedding embedding) {
        List<Float> numbers = numbers(embedding);
        for (int i = 0; i < vector.size(); i++) {
            assertThat(numbers.get(i)).isCloseTo(vector.get(i), within(1e-4f));
        }
    }

    private static List<Float> numbers(Embedding embedding) {
        List<Float> numbers = new ArrayList<>();
        for (float number : embedding.vector()) {
            numbers.add(number);
        }
        return numbers;
    }
}
