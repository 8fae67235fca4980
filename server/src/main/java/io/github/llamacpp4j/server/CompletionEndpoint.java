package io.github.llamacpp4j.server;

import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/completions}. Immutable and thread-safe. */
final class CompletionEndpoint implements Endpoint {

    private final ServedModel model;
    private final FieldTable<CompletionBody> fields;
    private final PromptTokens tokens;
    private final CompletionPrompts prompts;

    CompletionEndpoint(ServedModel model) {
        this.model = model;
        fields = CompletionFields.table(model.options());
        tokens = PromptTokens.of(model);
        prompts = new CompletionPrompts(model.llama());
    }

    @Override
    public void handle(Exchange exchange) {
        CompletionBody body =
                CompletionBody.read(fields, exchange, tokens, model.options().generation());
        body.requireModel(model);
        List<EngineRequest> requests = requests(body);
        try (Answering answering = Answering.submit(model, exchange, requests, body.samples())) {
            List<CompletionAnswer> answers = answers(answering, body, requests);
            if (body.stream()) {
                stream(answering, answers, body, requests);
            } else if (answering.run(new Collector(answers))) {
                exchange.json(200, json(answers, body));
            }
        }
    }

    private List<EngineRequest> requests(CompletionBody body) {
        GenerationOptions options = body.options();
        try {
            return body.prompts().stream()
                    .map(prompt -> model.llama().request(prompts.tokens(prompt, body.suffix()), options))
                    .toList();
        } catch (GrammarException | SchemaException e) {
            throw body.refused(e);
        }
    }

    private List<CompletionAnswer> answers(Answering answering, CompletionBody body, List<EngineRequest> requests) {
        boolean wantsLogprobs = body.reportedLogprobs().isPresent();
        List<CompletionAnswer> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            Prompt prompt = body.prompts().get(i);
            String beginning = body.echo() ? prompts.text(prompt) : "";
            List<Integer> tokens = body.judgesPrompt()
                    ? Arrays.stream(requests.get(i).prompt()).boxed().toList()
                    : List.of();
            for (int sample = 0; sample < body.samples(); sample++) {
                int index = answers.size();
                answers.add(new CompletionAnswer(
                        beginning,
                        wantsLogprobs ? new CompletionLogprobs(model.llama().tokenizer()) : null,
                        logprobs -> logprobs.prompt(
                                beginning, tokens, answering.promptLogprobs(index), prompts.addsBeginning(prompt))));
            }
        }
        return answers;
    }

    private ObjectNode json(List<CompletionAnswer> answers, CompletionBody body) {
        ObjectNode json = Json.object()
                .put("id", Ids.of("cmpl-"))
                .put("object", "text_completion")
                .put("created", System.currentTimeMillis() / 1000)
                .put("model", model.id())
                .put("system_fingerprint", model.fingerprint());
        ArrayNode choices = json.putArray("choices");
        for (int first = 0; first < answers.size(); first += body.samples()) {
            best(answers.subList(first, first + body.samples()), body.choices())
                    .forEach(answer -> add(choices, answer));
        }
        json.set("usage", usage(answers, body));
        json.set("timings", Measures.timings(answers.getFirst().end()));
        return json;
    }

    /** The likeliest of several answers; all of them, as they come, if all are wanted. */
    private static List<CompletionAnswer> best(List<CompletionAnswer> answers, int wanted) {
        return wanted == answers.size()
                ? answers
                : answers.stream()
                        .sorted(Comparator.comparingDouble(CompletionAnswer::meanLogprob)
                                .reversed())
                        .limit(wanted)
                        .toList();
    }

    private static void add(ArrayNode choices, CompletionAnswer answer) {
        ObjectNode choice = choices.addObject().put("text", answer.takeText()).put("index", choices.size() - 1);
        choice.set("logprobs", answer.takeLogprobs());
        choice.put("finish_reason", answer.end().reason().wireName());
    }

    /** What all answers used; each prompt is counted once. */
    private static ObjectNode usage(List<CompletionAnswer> answers, CompletionBody body) {
        int prompt = 0;
        int cached = 0;
        int generated = 0;
        for (int i = 0; i < answers.size(); i++) {
            FinishedEvent end = answers.get(i).end();
            generated += end.usage().generatedTokens();
            if (i % body.samples() == 0) {
                prompt += end.usage().promptTokens();
                cached += end.usage().cachedTokens();
            }
        }
        return Measures.usage(prompt, cached, generated, 0);
    }

    private void stream(
            Answering answering, List<CompletionAnswer> answers, CompletionBody body, List<EngineRequest> requests) {
        AnswerHead head = AnswerHead.of(Ids.of("cmpl-"), "text_completion", model);
        Chunks chunks = new Chunks(body.exchange().events(), head, body.includeUsage());
        int promptTokens =
                requests.stream().mapToInt(EngineRequest::promptTokens).sum();
        if (answering.run(new CompletionStreamer(chunks, answers, body.timingsPerToken(), promptTokens))) {
            chunks.usage(usage(answers, body));
            chunks.done();
        }
    }

    /** Collects the answers until they are over. */
    private record Collector(List<CompletionAnswer> answers) implements ChoicePump.Reader {

        @Override
        public void accept(int index, GenerationEvent event) {
            answers.get(index).accept(event);
        }

        @Override
        public void pause() {
            // all is kept
        }
    }
}
