package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.ChatOptions;
import io.github.llamacpp4j.ChatStream;
import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.OutputConstraint;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.OutputEvent;
import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.engine.FinishedEvent;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.engine.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A model in this process. */
final class EngineTarget implements LoadTarget {

    private final Llama llama;
    private final DecodeSteps decodeSteps;
    private EngineStats before;

    /** Takes over {@code llama}, whose engine {@code decodeSteps} listens to. */
    EngineTarget(Llama llama, DecodeSteps decodeSteps) {
        this.llama = llama;
        this.decodeSteps = decodeSteps;
        before = llama.engine().stats();
    }

    @Override
    public String name() {
        return "llamacpp4j";
    }

    @Override
    public LoadReply send(LoadRequest request, Runnable onPiece) {
        GenerationOptions.Builder builder = GenerationOptions.builder()
                .temperature(0)
                .maxTokens(request.maxTokens())
                .ignoreEndOfGeneration(true);
        String schema = request.schema();
        if (schema != null) {
            builder.constraint(OutputConstraint.jsonSchema(schema));
        }
        GenerationOptions options = builder.build();
        Boolean thinking = request.thinking();
        return thinking == null
                ? complete(request.prompt(), options, onPiece)
                : chat(request.prompt(), thinking, options, onPiece);
    }

    private LoadReply complete(String prompt, GenerationOptions options, Runnable onPiece) {
        List<Long> arrivals = new ArrayList<>();
        long start = System.nanoTime();
        try (Generation stream = llama.stream(prompt, options)) {
            for (GenerationEvent event : stream) {
                if (event instanceof FinishedEvent end) {
                    return reply(end.usage(), start, arrivals);
                }
                arrivals.add(System.nanoTime());
                onPiece.run();
            }
        }
        throw new IllegalStateException("a stream without an end");
    }

    private LoadReply chat(String message, boolean thinking, GenerationOptions options, Runnable onPiece) {
        ChatOptions chat = ChatOptions.builder(options).enableThinking(thinking).build();
        List<Long> arrivals = new ArrayList<>();
        long start = System.nanoTime();
        try (ChatStream stream = llama.streamChat(List.of(ChatMessage.user(message)), chat)) {
            for (OutputEvent event : stream) {
                if (event != null) {
                    arrivals.add(System.nanoTime());
                    onPiece.run();
                }
            }
            return reply(stream.reply().usage(), start, arrivals);
        }
    }

    private static LoadReply reply(Usage usage, long start, List<Long> arrivals) {
        long end = System.nanoTime();
        if (arrivals.isEmpty()) {
            arrivals.add(end);
        }
        return new LoadReply(usage.promptTokens(), usage.cachedTokens(), usage.generatedTokens(), start, arrivals, end);
    }

    @Override
    public synchronized OptionalDouble averageBatch() {
        EngineStats now = llama.engine().stats();
        long steps = now.steps() - before.steps();
        long tokens = now.promptTokens() + now.generatedTokens() - before.promptTokens() - before.generatedTokens();
        before = now;
        return steps == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) tokens / steps);
    }

    @Override
    public OptionalDouble decodeSpeed(int sequences) {
        return decodeSteps.take(sequences);
    }

    @Override
    public void close() {
        llama.close();
    }
}
