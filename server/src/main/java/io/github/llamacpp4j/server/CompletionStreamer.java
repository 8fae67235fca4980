package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.GenerationEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sends continuations of prompts while they come. Used by one thread. */
final class CompletionStreamer implements ChoicePump.Reader {

    private final Chunks chunks;
    private final List<CompletionAnswer> answers;
    private final boolean timesTokens;
    private final StreamClock clock;
    private final Map<Integer, TextFrame> frames = new HashMap<>();

    CompletionStreamer(Chunks chunks, List<CompletionAnswer> answers, boolean timesTokens, int promptTokens) {
        this.chunks = chunks;
        this.answers = answers;
        this.timesTokens = timesTokens;
        clock = new StreamClock(promptTokens);
    }

    @Override
    public void accept(int index, GenerationEvent event) {
        clock.event();
        CompletionAnswer answer = answers.get(index);
        answer.accept(event);
        if (event instanceof FinishedEvent end) {
            write(index, answer.takeText(), answer.takeLogprobs(), end.reason().wireName(), Measures.timings(end));
        }
    }

    @Override
    public void pause() {
        for (int i = 0; i < answers.size(); i++) {
            CompletionAnswer answer = answers.get(i);
            if (!answer.isOver() && answer.hasNews()) {
                write(i, answer);
            }
        }
        chunks.flush();
    }

    private void write(int index, CompletionAnswer answer) {
        ObjectNode logprobs = answer.takeLogprobs();
        if (timesTokens || logprobs != null) {
            JsonNode timings = timesTokens ? clock.timings(answer.tokenCount()) : null;
            write(index, answer.takeText(), logprobs, null, timings);
        } else {
            chunks.text(frames.computeIfAbsent(index, this::frame), answer.takeText());
        }
    }

    private void write(
            int index,
            String text,
            @Nullable ObjectNode logprobs,
            @Nullable String finishReason,
            @Nullable JsonNode timings) {
        JsonGenerator json = chunks.begin(index);
        json.writeStringProperty("text", text);
        chunks.property("logprobs", logprobs);
        chunks.end(finishReason, timings);
    }

    private TextFrame frame(int index) {
        JsonGenerator json = chunks.begin(index);
        json.writeName("text");
        byte[] before = chunks.cut();
        json.writeNullProperty("logprobs");
        return chunks.frame(before);
    }
}
