package io.github.llamacpp4j.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A stream whose events are kept for a test. */
final class KeptEvents implements EventSink {

    private final List<String> events = new ArrayList<>();

    List<String> events() {
        return events;
    }

    @Override
    public void send(JsonNode data) {
        events.add(new String(Json.write(data), UTF_8));
    }

    @Override
    public void add(JsonBuffer json) {
        events.add(json.toString(UTF_8));
    }

    @Override
    public void flush() {
        // all is kept
    }

    @Override
    public void done() {
        events.add("[DONE]");
    }

    @Override
    public boolean clientGone() {
        return false;
    }

    @Override
    public void onClientGone(Runnable action) {
        // never leaves
    }

    @Override
    public void close() {
        // all is kept
    }
}
