package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.Usage;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.model.LlamaException;
import java.time.Duration;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Completions as JSON objects: what {@code run --output json} prints and {@code run --jsonl} answers. */
final class CompletionBatch implements JsonLines.Handler {

    private static final Set<String> NOT_OPTIONS = Set.of("prompt");

    private final Llama llama;
    private final GenerationOptions defaults;

    CompletionBatch(Llama llama, GenerationOptions defaults) {
        this.llama = llama;
        this.defaults = defaults;
    }

    @Override
    public void answer(ObjectNode request, ObjectNode answer) {
        JsonNode prompt = request.get("prompt");
        if (prompt == null || !prompt.isString()) {
            throw new CommandFailure("request", "expected the member \"prompt\" with a string");
        }
        GenerationFlags flags = new GenerationFlags();
        FlagMembers.apply(flags, request, NOT_OPTIONS);
        try {
            answer.setAll(complete(llama, prompt.asString(), flags.toOptions(defaults)));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("request", String.valueOf(e.getMessage()));
        } catch (SchemaException e) {
            throw GrammarChecking.failure(e);
        } catch (GrammarException e) {
            throw GrammarChecking.failure(e);
        } catch (LlamaException e) {
            throw new CommandFailure(kind(e), String.valueOf(e.getMessage()));
        }
    }

    private static String kind(LlamaException e) {
        return e.getClass()
                .getSimpleName()
                .replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(java.util.Locale.ROOT);
    }

    static ObjectNode complete(Llama llama, String prompt, GenerationOptions options) {
        int[] promptTokens = llama.tokenize(prompt);
        Completion completion;
        try (Generation generation = llama.stream(promptTokens, options)) {
            completion = generation.result();
        }
        ObjectNode object = Json.object().put("text", completion.text());
        ArrayNode tokens = object.putArray("tokens");
        completion.tokens().forEach(tokens::add);
        ArrayNode prompts = object.putArray("prompt_tokens");
        for (int token : promptTokens) {
            prompts.add(token);
        }
        object.put("finish_reason", completion.end().reason().wireName())
                .put("seed", completion.end().seed());
        object.set("timings", timings(completion.end().usage(), completion.end().timings()));
        return object;
    }

    static ObjectNode timings(Usage usage, Timings timings) {
        return Json.object()
                .put("cache_n", usage.cachedTokens())
                .put("prompt_n", usage.promptTokens() - usage.cachedTokens())
                .put("prompt_ms", milliseconds(timings.prompt()))
                .put("predicted_n", usage.generatedTokens())
                .put("predicted_ms", milliseconds(timings.generation()))
                .put("ttft_ms", milliseconds(timings.firstToken()));
    }

    private static double milliseconds(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
