package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.TokenEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * Writes the chunks of a streamed chat. Each says one thing, because some clients look at one only: who speaks, reasoning, text, a piece
 * of one call, or the end. Used by one thread.
 */
final class ChatChunks {

    private final Chunks chunks;
    private final @Nullable LogprobsJson logprobs;
    private final Map<Integer, TextFrame> frames = new HashMap<>();

    /**
     * @param chunks takes them
     * @param logprobs tells how likely the tokens were; null if that is not wanted
     */
    ChatChunks(Chunks chunks, @Nullable LogprobsJson logprobs) {
        this.chunks = chunks;
        this.logprobs = logprobs;
    }

    /** Tells who speaks. */
    void begin(int choice) {
        JsonGenerator json = open(choice);
        json.writeStringProperty("role", "assistant");
        json.writeNullProperty("content");
        close(json, List.of(), null, null);
    }

    /** Tells what an answer has that was not sent, and forgets it. */
    void write(ChatAnswer answer, @Nullable JsonNode timings) {
        if (!answer.reasoning().isEmpty()) {
            JsonGenerator json = open(answer.index());
            json.writeStringProperty("reasoning_content", answer.reasoning().toString());
            close(json, answer.takeTokens(), null, timings);
        }
        if (!answer.content().isEmpty()) {
            writeContent(answer, timings);
        }
        for (CallPiece piece : answer.calls()) {
            JsonGenerator json = open(answer.index());
            write(json, piece);
            close(json, answer.takeTokens(), null, timings);
        }
        answer.sent();
    }

    private void writeContent(ChatAnswer answer, @Nullable JsonNode timings) {
        String text = answer.content().toString();
        if (logprobs != null || timings != null) {
            JsonGenerator json = open(answer.index());
            json.writeStringProperty("content", text);
            close(json, answer.takeTokens(), null, timings);
        } else {
            chunks.text(frames.computeIfAbsent(answer.index(), this::frame), text);
        }
    }

    private TextFrame frame(int choice) {
        JsonGenerator json = open(choice);
        json.writeName("content");
        byte[] before = chunks.cut();
        json.writeEndObject();
        return chunks.frame(before);
    }

    private static void write(JsonGenerator json, CallPiece piece) {
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
        JsonGenerator json = open(answer.index());
        close(json, answer.takeTokens(), answer.finishReason(), Measures.timings(answer.end()));
    }

    /** Sends what was written since the last time. */
    void flush() {
        chunks.flush();
    }

    private JsonGenerator open(int choice) {
        JsonGenerator json = chunks.begin(choice);
        json.writeObjectPropertyStart("delta");
        return json;
    }

    private void close(
            JsonGenerator json, List<TokenEvent> tokens, @Nullable String finishReason, @Nullable JsonNode timings) {
        json.writeEndObject();
        if (logprobs != null) {
            chunks.property("logprobs", tokens.isEmpty() ? null : logprobs.chat(tokens));
        }
        chunks.end(finishReason, timings);
    }
}
