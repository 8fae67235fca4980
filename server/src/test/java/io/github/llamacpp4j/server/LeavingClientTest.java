package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeavingClientTest {

    private final List<Runnable> departures = new ArrayList<>();

    @Test
    void whatWaitsForTheAnswerIsInterrupted() {
        LeavingClient.interrupting(departures::add, () -> {
            departures.forEach(Runnable::run);
            return assertThatThrownBy(() -> Thread.sleep(60_000)).isInstanceOf(InterruptedException.class);
        });
    }

    @Test
    void theThreadGoesOnWithItsNextRequestUndisturbed() {
        boolean interrupted = LeavingClient.interrupting(departures::add, () -> {
            departures.forEach(Runnable::run);
            return Thread.currentThread().isInterrupted();
        });
        assertThat(interrupted).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        departures.forEach(Runnable::run);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
