package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventBufferTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration A_WHILE = Duration.ofMillis(30);

    private final EventBuffer buffer = new EventBuffer(8, () -> {});

    @Test
    void theFirstEventWakesTheReaderAndTheNextOnesWaitToBePublished() throws InterruptedException {
        Thread first = reader();
        buffer.add(event("a"));
        assertThat(first.join(SOON)).isTrue();
        assertThat(buffer.take(0)).isEqualTo(event("a"));

        Thread next = reader();
        buffer.add(event("b"));
        buffer.publish(0, 10, 25);
        buffer.add(event("c"));
        buffer.publish(10, 10, 25);
        assertThat(next.join(A_WHILE)).isFalse();
        buffer.publish(20, 10, 25);
        assertThat(next.join(SOON)).isTrue();
        assertThat(buffer.take(0)).isEqualTo(event("b"));
        assertThat(buffer.take(0)).isEqualTo(event("c"));
    }

    @Test
    void whatIsReadBeforeItIsPublishedStartsNoWait() throws InterruptedException {
        buffer.add(event("a"));
        buffer.publish(0, 10, 25);
        buffer.take(0);
        buffer.publish(10, 10, 25);
        Thread reader = reader();
        buffer.add(event("b"));
        buffer.publish(20, 10, 25);
        assertThat(reader.join(A_WHILE)).isFalse();
        buffer.publish(35, 10, 25);
        assertThat(reader.join(SOON)).isTrue();
    }

    @Test
    void theEndWakesTheReaderAtOnce() throws InterruptedException {
        buffer.add(event("a"));
        buffer.take(0);
        Thread reader = reader();
        buffer.fail(new EngineClosedException("closed"));
        assertThat(reader.join(SOON)).isTrue();
    }

    /** A thread that waits for an event, and does wait when this returns. */
    private Thread reader() throws InterruptedException {
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                buffer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
        return thread;
    }

    private static GenerationEvent event(String text) {
        return new TokenEvent(text.charAt(0), text, Optional.empty());
    }
}
