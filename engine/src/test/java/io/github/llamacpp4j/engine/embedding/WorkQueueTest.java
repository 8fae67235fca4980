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

    @Test
    void aTakerTakesItsShareOfTheCallers() {
        WorkQueue queue = queue();
        offer(queue, 8, 16);
        WorkQueue.Taken first = queue.take(0, 0);
        assertThat(first.works()).hasSize(4);
        assertThat(first.othersIdle()).isFalse();
        WorkQueue.Taken second = queue.take(0, 0);
        assertThat(second.works()).hasSize(4);
    }

    @Test
    void theTextsOfOneCallCountAsOneCaller() {
        WorkQueue queue = queue();
        Work.Call call = new Work.Call();
        queue.offer(IntStream.range(0, 20)
                .mapToObj(i -> new Work(new int[16], call))
                .toList());
        assertThat(queue.take(0, 0).works()).hasSize(16);
    }

    @Test
    void callersThatWereAnsweredAreAwaited() throws InterruptedException {
        WorkQueue queue = queue();
        offer(queue, 6, 12);
        assertThat(queue.take(0, 0).works()).hasSize(3);
        assertThat(queue.take(0, 0).works()).hasSize(3);
        AtomicReference<WorkQueue.Taken> taken = new AtomicReference<>();
        Thread taker = Thread.ofPlatform().start(() -> taken.set(queue.take(3, LONG)));
        while (taker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        offer(queue, 2, 12);
        taker.join(200);
        assertThat(taken.get()).isNull();
        offer(queue, 1, 12);
        taker.join();
        assertThat(taken.get().works()).hasSize(3);
    }

    @Test
    void aCallerThatIsAloneIsNotKeptWaiting() {
        WorkQueue queue = queue();
        offer(queue, 1, 12);
        assertThat(queue.take(0, LONG).works()).hasSize(1);
        offer(queue, 1, 12);
        assertThat(queue.take(1, LONG).works()).hasSize(1);
    }

    @Test
    void whatHasNoGapsIsNotKeptWaiting() {
        WorkQueue queue = queue();
        offer(queue, 6, 5);
        assertThat(queue.take(0, LONG).works()).hasSize(3);
        assertThat(queue.take(0, LONG).works()).hasSize(3);
        offer(queue, 1, 5);
        assertThat(queue.take(3, LONG).works()).hasSize(1);
    }
}
