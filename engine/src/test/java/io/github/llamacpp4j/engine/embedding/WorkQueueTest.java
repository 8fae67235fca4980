package io.github.llamacpp4j.engine.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkQueueTest {

    /** Longer than a test may take, so that one which waits for the end of it fails. */
    private static final long LONG = Duration.ofHours(1).toNanos();

    private static WorkQueue queue() {
        return new WorkQueue(100, new BatchShape(256, 32, Optional.of(new AttentionBlocks(16, true))), 2);
    }

    /** Offers a text of so many tokens for each of some callers. */
    private static void offer(WorkQueue queue, int callers, int length) {
        IntStream.range(0, callers).forEach(i -> queue.offer(List.of(new Work(new int[length], new Work.Call()))));
    }

    private static List<Work> takeAtOnce(WorkQueue queue) {
        return queue.take(List.of(), 0).works();
    }

    /** Takes on a thread of its own, with more patience than a test has. */
    private static final class Taker {

        private final AtomicReference<List<Work>> taken = new AtomicReference<>();
        private final Thread thread;

        Taker(WorkQueue queue, List<Work> answered) {
            thread = Thread.ofPlatform()
                    .start(() -> taken.set(queue.take(answered, LONG).works()));
            awaitWaiting();
        }

        private void awaitWaiting() {
            while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }

        void assertStillWaiting() throws InterruptedException {
            thread.join(200);
            assertThat(taken.get()).isNull();
        }

        List<Work> taken() throws InterruptedException {
            thread.join();
            return taken.get();
        }
    }

    @Test
    void aTakerTakesItsShareOfTheCallers() {
        WorkQueue queue = queue();
        offer(queue, 8, 16);
        WorkQueue.Taken first = queue.take(List.of(), 0);
        assertThat(first.works()).hasSize(4);
        assertThat(first.othersIdle()).isFalse();
        WorkQueue.Taken second = queue.take(List.of(), 0);
        assertThat(second.works()).hasSize(4);
    }

    @Test
    void theTextsOfOneCallCountAsOneCaller() {
        WorkQueue queue = queue();
        Work.Call call = new Work.Call();
        queue.offer(IntStream.range(0, 20)
                .mapToObj(i -> new Work(new int[16], call))
                .toList());
        assertThat(queue.take(List.of(), 0).works()).hasSize(16);
    }

    @Test
    void callersThatWereAnsweredAreAwaited() throws InterruptedException {
        WorkQueue queue = queue();
        offer(queue, 6, 12);
        List<Work> first = takeAtOnce(queue);
        assertThat(first).hasSize(3);
        assertThat(takeAtOnce(queue)).hasSize(3);
        Taker taker = new Taker(queue, first);
        offer(queue, 2, 12);
        taker.assertStillWaiting();
        offer(queue, 1, 12);
        assertThat(taker.taken()).hasSize(3);
    }

    @Test
    void takersThatAreDoneTogetherShareTheCallersThatComeBack() throws InterruptedException {
        WorkQueue queue = queue();
        offer(queue, 8, 13);
        List<Work> first = takeAtOnce(queue);
        List<Work> second = takeAtOnce(queue);
        Taker one = new Taker(queue, first);
        Taker other = new Taker(queue, second);
        offer(queue, 3, 13);
        one.assertStillWaiting();
        other.assertStillWaiting();
        offer(queue, 5, 13);
        assertThat(one.taken()).hasSize(4);
        assertThat(other.taken()).hasSize(4);
    }

    @Test
    void aTakerWithoutWorkAwaitsTheCallersOfTheOther() throws InterruptedException {
        WorkQueue queue = queue();
        offer(queue, 4, 12);
        List<Work> first = takeAtOnce(queue);
        assertThat(takeAtOnce(queue)).hasSize(2);
        Taker done = new Taker(queue, first);
        Taker idle = new Taker(queue, List.of());
        offer(queue, 1, 12);
        done.assertStillWaiting();
        idle.assertStillWaiting();
        queue.close();
        assertThat(done.taken()).isEmpty();
        assertThat(idle.taken()).isEmpty();
    }

    @Test
    void aCallThatGoesOnIsNotAwaited() {
        WorkQueue queue = queue();
        Work.Call call = new Work.Call();
        queue.offer(IntStream.range(0, 21)
                .mapToObj(i -> new Work(new int[12], call))
                .toList());
        List<Work> first = takeAtOnce(queue);
        assertThat(first).hasSize(20);
        assertThat(queue.take(first, LONG).works()).hasSize(1);
    }

    @Test
    void aCallerThatIsAloneIsNotKeptWaiting() {
        WorkQueue queue = queue();
        offer(queue, 1, 12);
        List<Work> first = takeAtOnce(queue);
        assertThat(first).hasSize(1);
        offer(queue, 1, 12);
        assertThat(queue.take(first, LONG).works()).hasSize(1);
    }

    @Test
    void whatHasNoGapsIsNotKeptWaiting() {
        WorkQueue queue = queue();
        offer(queue, 6, 5);
        List<Work> first = takeAtOnce(queue);
        assertThat(first).hasSize(3);
        assertThat(takeAtOnce(queue)).hasSize(3);
        offer(queue, 1, 5);
        assertThat(queue.take(first, LONG).works()).hasSize(1);
    }
}
