package io.github.llamacpp4j.server;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** The frame of the chunks of a stream: what all have in common, and the way to the client. Used by one thread. */
final class Chunks {

    private final EventSink sink;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonGenerator json = Json.generator(buffer);
    private final String id;
    private final String object;
    private final long created = System.currentTimeMillis() / 1000;
    private final String model;
    private final String fingerprint;
    private final boolean announcesUsage;

    /**
     * @param sink takes the chunks
     * @param id names the answer
     * @param object what each chunk says it is
     * @param model who answers
     * @param announcesUsage whether a last chunk tells what was used
     */
    Chunks(EventSink sink, String id, String object, ServedModel model, boolean announcesUsage) {
        this.sink = sink;
        this.id = id;
        this.object = object;
        this.model = model.id();
        fingerprint = model.fingerprint();
        this.announcesUsage = announcesUsage;
    }

    /** Begins a chunk, in the middle of its only choice. */
    JsonGenerator begin(int choice) {
        head();
        json.writeStartObject();
        json.writeNumberProperty("index", choice);
        return json;
    }

    /** Ends the choice and its chunk. */
    void end(@Nullable String finishReason, @Nullable JsonNode timings) {
        if (finishReason == null) {
            json.writeNullProperty("finish_reason");
        } else {
            json.writeStringProperty("finish_reason", finishReason);
        }
        json.writeEndObject();
        json.writeEndArray();
        if (announcesUsage) {
            json.writeNullProperty("usage");
        }
        if (timings != null) {
            property("timings", timings);
        }
        send();
    }

    /** Adds a property to the object that is being written. */
    void property(String name, @Nullable JsonNode value) {
        json.writeName(name);
        if (value == null) {
            json.writeNull();
        } else {
            Json.write(value, json);
        }
    }

    /** Writes the last chunk, which tells what all answers used, if it was announced. */
    void usage(JsonNode usage) {
        if (announcesUsage) {
            head();
            json.writeEndArray();
            property("usage", usage);
            send();
        }
    }

    /** Sends what was written since the last time. */
    void flush() {
        sink.flush();
    }

    /** Ends the stream. */
    void done() {
        sink.done();
    }

    private void head() {
        json.writeStartObject();
        json.writeStringProperty("id", id);
        json.writeStringProperty("object", object);
        json.writeNumberProperty("created", created);
        json.writeStringProperty("model", model);
        json.writeStringProperty("system_fingerprint", fingerprint);
        json.writeArrayPropertyStart("choices");
    }

    private void send() {
        json.writeEndObject();
        json.flush();
        sink.add(buffer);
        buffer.reset();
    }
}
