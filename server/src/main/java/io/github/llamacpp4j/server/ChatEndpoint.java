package io.github.llamacpp4j.server;

import io.github.llamacpp4j.ChatTurn;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import java.util.List;

/** {@code /v1/chat/completions}. Immutable and thread-safe. */
final class ChatEndpoint implements Endpoint {

    private final ServedModel model;
    private final FieldTable<ChatBody> fields;
    private final PromptTokens tokens;
    private final LogprobsJson logprobs;

    ChatEndpoint(ServedModel model) {
        this.model = model;
        fields = ChatFields.table(model.options());
        tokens = PromptTokens.of(model);
        logprobs = new LogprobsJson(model.llama().tokenizer());
    }

    @Override
    public void handle(Exchange exchange) {
        ChatBody body = ChatBody.read(fields, exchange, tokens, model.options().generation());
        body.requireModel(model);
        ChatTurn turn = turn(body);
        try (Answering answering = Answering.submit(model, exchange, List.of(turn.request()), body.choices())) {
            ChatAnswers answers = new ChatAnswers(answering, turn, body);
            if (body.stream()) {
                stream(answering, answers, body, turn.request().promptTokens());
            } else if (answering.run(new Collector(answers))) {
                exchange.json(200, answers.json(body, model, logprobs));
            }
        }
    }

    private ChatTurn turn(ChatBody body) {
        try {
            return model.llama().chatTurn(body.messages(), body.options());
        } catch (GrammarException | SchemaException e) {
            throw body.refused(e);
        }
    }

    private void stream(Answering answering, ChatAnswers answers, ChatBody body, int promptTokens) {
        AnswerHead head = AnswerHead.of(Ids.of("chatcmpl-"), "chat.completion.chunk", model);
        Chunks chunks = new Chunks(body.exchange().events(), head, body.includeUsage());
        ChatChunks writer = new ChatChunks(chunks, body.reportedLogprobs().isPresent() ? logprobs : null);
        if (answering.run(new ChatStreamer(writer, answers, body.timingsPerToken(), promptTokens))) {
            chunks.usage(answers.usage());
            chunks.done();
        }
    }

    /** Collects the answers until they are over. */
    private record Collector(ChatAnswers answers) implements ChoicePump.Reader {

        @Override
        public void accept(int index, GenerationEvent event) {
            answers.accept(index, event);
        }

        @Override
        public void pause() {
            // all is kept
        }
    }
}
