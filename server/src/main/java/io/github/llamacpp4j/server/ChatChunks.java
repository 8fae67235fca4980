package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.TokenEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * Writes the chunks of a streamed chat. Each says one thing, because some clients look at one only: who speaks, reasoning, text, a piece
 * of one call, or the end. Used by one thread.
 */
final class ChatChunks {

    private final EventSink sink;
    private final LogprobsJson logprobs;
    private final boolean showsLogprobs;
    private final boolean announcesUsage;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonGenerator json = Json.generator(buffer);
    private final String id = Ids.of("chatcmpl-");
    private final long created = System.currentTimeMillis() / 1000;
    private final String model;

    ChatChunks(EventSink sink, ChatBody body, String model, LogprobsJson logprobs) {
        this.sink = sink;
        this.model = model;
        this.logprobs = logprobs;
        showsLogprobs = body.reportedLogprobs().isPresent();
        announcesUsage = body.includeUsage();
    }

    /** Tells who speaks. */
    void begin(int choice) {
        open(choice);
        json.writeStringProperty("role", "assistant");
        json.writeNullProperty("content");
        close(List.of(), null, null);
    }

    /** Tells what an answer has that was not sent, and forgets it. */
    void write(ChatAnswer answer, @Nullable JsonNode timings) {
        if (!answer.reasoning().isEmpty()) {
            open(answer.index());
            json.writeStringProperty("reasoning_content", answer.reasoning().toString());
            close(answer.takeTokens(), null, timings);
        }
        if (!answer.content().isEmpty()) {
            open(answer.index());
            json.writeStringProperty("content", answer.content().toString());
            close(answer.takeTokens(), null, timings);
        }
        for (CallPiece piece : answer.calls()) {
            open(answer.index());
            write(piece);
            close(answer.takeTokens(), null, timings);
        }
        answer.sent();
    }

    private void write(CallPiece piece) {
        json.writeArrayPropertyStart("tool_calls");
        json.writeStartObject();
        json.writeNumberProperty("index", piece.index());
        piece.beginning().ifPresent(beginning -> {
            json.writeStringProperty("id", beginning.id());
            json.writeStringProperty("type", "function");
        });
        json.writeObjectPropertyStart("function");
        piece.beginning().ifPresent(beginning -> json.writeStringProperty("name", beginning.name()));
        json.writeStringProperty("arguments", piece.arguments().toString());
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
    }

    /** Tells that an answer is over. */
    void end(ChatAnswer answer) {
        open(answer.index());
        close(answer.takeTokens(), answer.finishReason(), Measures.timings(answer.end()));
    }

    /** Tells what all answers used. */
    void usage(JsonNode usage) {
        head();
        json.writeEndArray();
        property("usage", usage);
        send();
    }

    /** Sends what was written since the last time. */
    void flush() {
        sink.flush();
    }

    private void head() {
        json.writeStartObject();
        json.writeStringProperty("id", id);
        json.writeStringProperty("object", "chat.completion.chunk");
        json.writeNumberProperty("created", created);
        json.writeStringProperty("model", model);
        json.writeArrayPropertyStart("choices");
    }

    private void open(int choice) {
        head();
        json.writeStartObject();
        json.writeNumberProperty("index", choice);
        json.writeObjectPropertyStart("delta");
    }

    private void close(List<TokenEvent> tokens, @Nullable String finishReason, @Nullable JsonNode timings) {
        json.writeEndObject();
        if (showsLogprobs) {
            property("logprobs", tokens.isEmpty() ? null : logprobs.chat(tokens));
        }
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

    private void property(String name, @Nullable JsonNode value) {
        json.writeName(name);
        if (value == null) {
            json.writeNull();
        } else {
            Json.write(value, json);
        }
    }

    private void send() {
        json.writeEndObject();
        json.flush();
        sink.add(buffer);
        buffer.reset();
    }
}
