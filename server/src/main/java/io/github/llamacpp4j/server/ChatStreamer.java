package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.GenerationEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Sends the answers of a chat while they come. Used by one thread. */
final class ChatStreamer implements ChoicePump.Reader {

    private final ChatChunks chunks;
    private final ChatAnswers answers;
    private final boolean timesTokens;
    private final StreamClock clock;

    ChatStreamer(ChatChunks chunks, ChatAnswers answers, boolean timesTokens, int promptTokens) {
        this.chunks = chunks;
        this.answers = answers;
        this.timesTokens = timesTokens;
        clock = new StreamClock(promptTokens);
        answers.all().forEach(answer -> chunks.begin(answer.index()));
    }

    @Override
    public void accept(int index, GenerationEvent event) {
        clock.event();
        answers.accept(index, event);
        if (event instanceof FinishedEvent) {
            ChatAnswer answer = answers.all().get(index);
            chunks.write(answer, timings(answer));
            chunks.end(answer);
        }
    }

    @Override
    public void pause() {
        for (ChatAnswer answer : answers.all()) {
            if (!answer.isOver()) {
                chunks.write(answer, timings(answer));
            }
        }
        chunks.flush();
    }

    private @Nullable JsonNode timings(ChatAnswer answer) {
        return timesTokens ? clock.timings(answer.tokenCount()) : null;
    }
}
