package io.github.llamacpp4j.server;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** The frame of the chunks of a stream: what all have in common, and the way to the client. Used by one thread. */
final class Chunks {

    private static final int EMPTY_STRING_BYTES = 2;

    private final EventSink sink;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonGenerator json = Json.generator(buffer);
    private final AnswerHead head;
    private final boolean announcesUsage;

    /**
     * @param sink takes the chunks
     * @param head what each chunk begins with
     * @param announcesUsage whether a last chunk tells what was used
     */
    Chunks(EventSink sink, AnswerHead head, boolean announcesUsage) {
        this.sink = sink;
        this.head = head;
        this.announcesUsage = announcesUsage;
    }

    /** Begins a chunk, in the middle of its only choice. */
    JsonGenerator begin(int choice) {
        open();
        json.writeStartObject();
        json.writeNumberProperty("index", choice);
        return json;
    }

    /** Ends the choice and its chunk. */
    void end(@Nullable String finishReason, @Nullable JsonNode timings) {
        close(finishReason, timings);
        send();
    }

    /** Takes back what was written of the chunk so far, up to the value of its last property, which is left out. */
    byte[] cut() {
        json.writeString("");
        byte[] written = take();
        return Arrays.copyOf(written, written.length - EMPTY_STRING_BYTES);
    }

    /** Takes back the rest of a chunk that was {@link #cut}, as the frame of all that differ in nothing but the value left out. */
    TextFrame frame(byte[] before) {
        close(null, null);
        return new TextFrame(before, take());
    }

    /** Writes a chunk that tells nothing but text. */
    void text(TextFrame frame, String text) {
        frame.writeBefore(buffer);
        json.writeString(text);
        json.flush();
        frame.writeBehind(buffer);
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
            open();
            json.writeEndArray();
            property("usage", usage);
            complete();
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

    private void open() {
        json.writeStartObject();
        head.write(json);
        json.writeArrayPropertyStart("choices");
    }

    private byte[] take() {
        json.flush();
        byte[] taken = buffer.toByteArray();
        buffer.reset();
        return taken;
    }

    private void close(@Nullable String finishReason, @Nullable JsonNode timings) {
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
        complete();
    }

    private void complete() {
        json.writeEndObject();
        json.flush();
    }

    private void send() {
        sink.add(buffer);
        buffer.reset();
    }
}
