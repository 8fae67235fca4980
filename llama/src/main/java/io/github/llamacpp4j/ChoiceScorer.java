package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.ModelVocabulary;
import io.github.llamacpp4j.engine.SamplingOptions;
import io.github.llamacpp4j.engine.TokenLogprobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores texts as continuations of one prompt: each is a request that can write nothing but the text's tokens and the end, and the
 * model's own probabilities of these are added up. The engine reads the shared prompt once.
 */
final class ChoiceScorer {

    private static final int AT_ONCE = 16;

    private final Engine engine;
    private final ModelVocabulary vocabulary;

    ChoiceScorer(Engine engine, ModelVocabulary vocabulary) {
        this.engine = engine;
        this.vocabulary = vocabulary;
    }

    Choices score(EngineRequest prompt, List<String> options) {
        List<int[]> tokens = options.stream().map(this::tokens).toList();
        int atOnce = fitTheirBuffers(tokens) ? AT_ONCE : 1;
        double[] scores = new double[options.size()];
        for (int from = 0; from < scores.length; from += atOnce) {
            int to = Math.min(scores.length, from + atOnce);
            score(prompt, tokens.subList(from, to), scores, from);
        }
        return Choices.of(options, scores);
    }

    /** Whether all can be written while nobody reads, so that those before never keep the queue full for one that is submitted. */
    private boolean fitTheirBuffers(List<int[]> options) {
        int capacity = engine.options().eventCapacity();
        return options.stream().allMatch(option -> option.length < capacity);
    }

    private int[] tokens(String option) {
        int[] tokens = vocabulary.tokenizeContinuation(option.getBytes(StandardCharsets.UTF_8));
        if (tokens.length == 0) {
            throw new IllegalArgumentException("an option has at least one token, found an empty one");
        }
        return tokens;
    }

    private void score(EngineRequest prompt, List<int[]> options, double[] scores, int from) {
        List<Generation> running = new ArrayList<>();
        try {
            for (int[] option : options) {
                running.add(engine.submit(request(prompt, option)));
            }
            for (int i = 0; i < running.size(); i++) {
                scores[from + i] = sum(running.get(i).result());
            }
        } finally {
            running.forEach(Generation::close);
        }
    }

    /** Nothing but the text and the model's own end may end it. */
    private EngineRequest request(EngineRequest prompt, int[] tokens) {
        return prompt.toBuilder()
                .sampling(SamplingOptions.greedy())
                .maxTokens(tokens.length + 1)
                .minTokens(0)
                .ignoreEndOfGeneration(false)
                .stopTexts(List.of())
                .stopTokens(List.of())
                .logprobs(0)
                .constraint(() -> new ExactTokens(tokens, vocabulary))
                .build();
    }

    /** Minus infinity where a token could not be written at all. */
    private static double sum(Completion completion) {
        FinishReason reason = completion.end().reason();
        if (reason == FinishReason.DEADLINE) {
            throw new ChatException(
                    "the time of a request was up before its option was scored; allow a longer timeout");
        }
        int wanted = completion.end().usage().generatedTokens();
        double sum = completion.logprobs().stream()
                .map(TokenLogprobs::chosen)
                .mapToDouble(chosen -> chosen.logprob())
                .sum();
        boolean whole = reason == FinishReason.END_OF_GENERATION
                && completion.logprobs().size() == wanted;
        return whole ? sum : Double.NEGATIVE_INFINITY;
    }
}
