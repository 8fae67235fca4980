package io.github.llamacpp4j.server;

import io.github.llamacpp4j.ChatTurn;
import io.github.llamacpp4j.engine.GenerationEvent;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answers to one request. Used by one thread. */
final class ChatAnswers {

    private final Answering answering;
    private final List<ChatAnswer> all = new ArrayList<>();

    ChatAnswers(Answering answering, ChatTurn turn, ChatBody body) {
        this.answering = answering;
        boolean keepsTokens = body.reportedLogprobs().isPresent();
        for (int i = 0; i < body.choices(); i++) {
            all.add(new ChatAnswer(i, turn.parser(), !body.parallelToolCalls(), keepsTokens));
        }
    }

    List<ChatAnswer> all() {
        return all;
    }

    /** Takes what the engine tells next about one of them, and ends it if nothing more is wanted. */
    void accept(int index, GenerationEvent event) {
        ChatAnswer answer = all.get(index);
        boolean wanted = !answer.isComplete();
        answer.accept(event);
        if (wanted && answer.isComplete()) {
            answering.cancel(index);
        }
    }

    /** What all of them used, once they are over. */
    ObjectNode usage() {
        return Measures.usage(
                all.stream().map(ChatAnswer::end).toList(),
                all.stream().mapToInt(ChatAnswer::reasoningTokens).sum());
    }

    /** The whole answer to the request, once they are over. */
    ObjectNode json(ChatBody body, ServedModel model, LogprobsJson logprobs) {
        ObjectNode json = Json.object()
                .put("id", Ids.of("chatcmpl-"))
                .put("object", "chat.completion")
                .put("created", System.currentTimeMillis() / 1000)
                .put("model", model.id())
                .put("system_fingerprint", model.fingerprint());
        ArrayNode choices = json.putArray("choices");
        for (ChatAnswer answer : all) {
            ObjectNode choice = choices.addObject().put("index", answer.index());
            choice.set("message", message(answer));
            if (body.reportedLogprobs().isPresent()) {
                choice.set("logprobs", logprobs.chat(answer.takeTokens()));
            } else {
                choice.putNull("logprobs");
            }
            choice.put("finish_reason", answer.finishReason());
        }
        json.set("usage", usage());
        json.set("timings", Measures.timings(all.getFirst().end()));
        return json;
    }

    private static ObjectNode message(ChatAnswer answer) {
        ObjectNode message = Json.object().put("role", "assistant");
        if (answer.content().isEmpty() && !answer.calls().isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", answer.content().toString());
        }
        message.putNull("refusal");
        if (!answer.reasoning().isEmpty()) {
            message.put("reasoning_content", answer.reasoning().toString());
        }
        if (!answer.calls().isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            answer.calls()
                    .forEach(piece -> piece.beginning()
                            .ifPresent(beginning -> calls.addObject()
                                    .put("id", beginning.id())
                                    .put("type", "function")
                                    .putObject("function")
                                    .put("name", beginning.name())
                                    .put("arguments", piece.arguments().toString())));
        }
        return message;
    }
}
