package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeavingClientTest {

    private final List<Runnable> departures = new ArrayList<>();

    @Test
    @SuppressWarnings("try") // only there to be closed
    void whatWaitsForTheAnswerIsInterrupted() {
        try (LeavingClient client = new LeavingClient(departures::add)) {
            departures.forEach(Runnable::run);
            assertThatThrownBy(() -> Thread.sleep(60_000)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    @SuppressWarnings("try") // only there to be closed
    void theThreadGoesOnWithItsNextRequestUndisturbed() {
        try (LeavingClient client = new LeavingClient(departures::add)) {
            departures.forEach(Runnable::run);
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        departures.forEach(Runnable::run);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
