package io.github.llamacpp4j.engine;

import static io.github.llamacpp4j.engine.EngineHarness.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightEventsTest {

    @TempDir
    private Path folder;

    @Test
    void stepsAndRequestsAreRecorded() throws IOException {
        EngineHarness engine = new EngineHarness();
        Path file = folder.resolve("engine.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.github.llamacpp4j.EngineStep");
            recording.enable("io.github.llamacpp4j.EngineRequest");
            recording.start();
            engine.result(engine.submit(request("a prompt of some words")));
            Generation broken = engine.submit(request("another prompt"));
            engine.decoder.before = batch -> DecodeStatus.INVALID;
            engine.runAll();
            assertThatThrownBy(broken::result).isInstanceOf(DecodeFailedException.class);
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        List<RecordedEvent> requests = named(events, "io.github.llamacpp4j.EngineRequest");
        assertThat(requests).hasSize(2);
        assertThat(requests.getFirst().getString("finishReason")).isEqualTo("MAX_TOKENS");
        assertThat(requests.getFirst().getInt("promptTokens")).isEqualTo(22);
        assertThat(requests.getFirst().getInt("generatedTokens")).isEqualTo(10);
        assertThat(requests.getFirst().getDuration("firstTokenNanos")).isPositive();
        assertThat(requests.getLast().getString("failure")).contains("decoding failed");
        List<RecordedEvent> steps = named(events, "io.github.llamacpp4j.EngineStep");
        assertThat(steps).hasSize(10);
        assertThat(steps.getFirst().getInt("prefillTokens")).isEqualTo(22);
        assertThat(steps.getLast().getInt("decodeTokens")).isEqualTo(1);
        assertThat(steps.getLast().getDuration("decodeNanos")).isPositive();
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }
}
