package io.github.llamacpp4j.server;

import io.github.llamacpp4j.ChatTurn;
import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;

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
        ChatBody body = ChatBody.read(fields, exchange, tokens, GenerationOptions.defaults());
        body.requireModel(model.id());
        ChatTurn turn = turn(body);
        try (Answering answering = Answering.submit(model, exchange, turn.request(), body.choices())) {
            ChatAnswers answers = new ChatAnswers(answering, turn, body);
            if (body.stream()) {
                stream(answering, answers, body, turn.request().promptTokens());
            } else if (answering.run(new Collector(answers))) {
                exchange.json(200, answers.json(body, model.id(), logprobs));
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
        EventSink sink = body.exchange().events();
        ChatChunks chunks = new ChatChunks(sink, body, model.id(), logprobs);
        if (answering.run(new ChatStreamer(chunks, answers, body.timingsPerToken(), promptTokens))) {
            if (body.includeUsage()) {
                chunks.usage(answers.usage());
            }
            sink.done();
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
