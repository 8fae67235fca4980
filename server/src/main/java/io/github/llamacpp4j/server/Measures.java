package io.github.llamacpp4j.server;

import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Timings;
import io.github.llamacpp4j.engine.Usage;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The objects {@code usage}, as OpenAI has it, and {@code timings}, as llama-server has it. */
final class Measures {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MILLIS_PER_SECOND = 1e3;

    private Measures() {}

    /** What all answers to one prompt used; the prompt is counted once. */
    static ObjectNode usage(List<FinishedEvent> ends, int reasoningTokens) {
        int prompt = ends.getFirst().usage().promptTokens();
        int cached = ends.getFirst().usage().cachedTokens();
        int generated =
                ends.stream().mapToInt(end -> end.usage().generatedTokens()).sum();
        return usage(prompt, cached, generated, reasoningTokens);
    }

    static ObjectNode usage(int prompt, int cached, int generated, int reasoning) {
        ObjectNode usage = Json.object()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", generated)
                .put("total_tokens", prompt + generated);
        usage.putObject("prompt_tokens_details").put("cached_tokens", cached);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoning);
        return usage;
    }

    /** How long an answer took. */
    static ObjectNode timings(FinishedEvent end) {
        Usage usage = end.usage();
        Timings timings = end.timings();
        int read = usage.promptTokens() - usage.cachedTokens();
        ObjectNode json = Json.object().put("cache_n", usage.cachedTokens());
        rate(json, "prompt", read, millis(timings.prompt()));
        rate(json, "predicted", usage.generatedTokens(), millis(timings.generation()));
        json.put("queued_ms", millis(timings.queued()));
        json.put("ttft_ms", millis(timings.firstToken()));
        if (usage.draftedTokens() > 0) {
            json.put("draft_n", usage.draftedTokens()).put("draft_n_accepted", usage.acceptedDraftTokens());
        }
        return json;
    }

    /** How long an answer has taken so far, as seen from outside the engine. */
    static ObjectNode timings(int promptTokens, double promptMillis, int tokens, double millis) {
        ObjectNode json = Json.object();
        rate(json, "prompt", promptTokens, promptMillis);
        rate(json, "predicted", tokens, millis);
        return json;
    }

    private static void rate(ObjectNode json, String what, int tokens, double millis) {
        json.put(what + "_n", tokens).put(what + "_ms", millis);
        json.put(what + "_per_token_ms", tokens > 0 ? millis / tokens : 0);
        json.put(what + "_per_second", millis > 0 ? tokens * MILLIS_PER_SECOND / millis : 0);
    }

    private static double millis(Duration time) {
        return time.toNanos() / NANOS_PER_MILLI;
    }
}
