package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.OutputEvent;
import io.github.llamacpp4j.engine.Completion;
import io.github.llamacpp4j.engine.EngineListener;
import io.github.llamacpp4j.engine.EngineOptions;
import io.github.llamacpp4j.engine.EngineStats;
import io.github.llamacpp4j.engine.EngineStep;
import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.Sampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The snippets of {@code docs/coming-from-llamacppex.md}, which {@link ComingFromLlamaCppExTest} holds to this text. */
@SuppressWarnings("unused") // what a snippet shows is what it is for
final class ComingFromLlamaCppEx {

    private ComingFromLlamaCppEx() {}

    static void load() {
        // [load]
        Llama llama = Llama.load(
                Path.of("path/to/model.gguf"),
                LlamaOptions.builder().model(model -> model.gpuLayers(-1)).build());
        // [load]
        llama.close();
    }

    static void generate(Llama llama) {
        // [generate]
        Completion completion =
                llama.generate("Once upon a time", o -> o.maxTokens(200).temperature(0.8));
        String text = completion.text();
        // [generate]
    }

    static void stream(Llama llama) {
        // [stream]
        try (Generation story = llama.stream("Tell me a story", o -> o.maxTokens(500))) {
            for (GenerationEvent event : story) {
                System.out.print(event.text());
            }
        }
        // [stream]
    }

    static void chat(Llama llama) {
        // [chat]
        ChatReply reply = llama.chat(
                List.of(ChatMessage.system("You are a helpful assistant."), ChatMessage.user("What is Java?")),
                o -> o.maxTokens(200));
        String text = reply.text();
        // [chat]
    }

    static void chatWithoutThinking(Llama llama) {
        // [thinking]
        ChatReply reply = llama.chat(
                List.of(ChatMessage.user("What is 2+2?")), o -> o.maxTokens(64).enableThinking(false));
        // [thinking]
    }

    static void streamChat(Llama llama) {
        // [stream-chat]
        try (ChatStream answer =
                llama.streamChat(List.of(ChatMessage.user("Explain records in Java.")), o -> o.maxTokens(500))) {
            for (OutputEvent event : answer) {
                if (event instanceof OutputEvent.Text piece) {
                    System.out.print(piece.text());
                }
            }
        }
        // [stream-chat]
    }

    static void tokenizer(Llama llama) {
        // [tokenizer]
        int[] tokens = llama.tokenizer().encode("Hello world");
        String text = llama.tokenizer().decode(tokens);
        // [tokenizer]
    }

    static void lowLevel(Model model) {
        // [low-level]
        try (Context context = model.newContext(
                        ContextOptions.builder().contextSize(4096).build());
                Sampler sampler = Sampler.builder(model)
                        .topP(0.9f, 1)
                        .temperature(0.7f)
                        .distribution(42)
                        .build()) {
            int[] prompt = model.tokenizer().encode("The answer is", true, true);
            context.append(0, prompt);
            List<Integer> answer = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int token = sampler.sample(context, -1);
                if (model.tokenizer().isEndOfGeneration(token)) {
                    break;
                }
                answer.add(token);
                context.append(0, token);
            }
            String text =
                    model.tokenizer().decode(answer.stream().mapToInt(t -> t).toArray());
        }
        // [low-level]
    }

    static void introspection(Model model) {
        // [introspection]
        String description = model.info().description(); // "llama 7B Q4_K - Medium"
        long parameters = model.info().parameterCount(); // 6_738_415_616
        Optional<String> template = model.info().chatTemplate(); // "<|im_start|>..."
        int vocabularySize = model.tokenizer().size(); // 32000
        // [introspection]
    }

    static void server() {
        // [server]
        Llama llama = Llama.load(
                Path.of("model.gguf"),
                LlamaOptions.builder()
                        .model(model -> model.gpuLayers(-1))
                        .context(context -> context.contextSize(8192))
                        .engine(engine -> engine.parallelSequences(4))
                        .build());
        // [server]
        llama.close();
    }

    static void telemetry(Llama llama) {
        // [telemetry]
        EngineOptions.builder().addListener(new EngineListener() {
            @Override
            public void stepped(EngineStep step) {
                System.Logger log = System.getLogger("batches");
                log.log(System.Logger.Level.INFO, step.decodeTokens() + " tokens in a batch");
            }
        });
        EngineStats stats = llama.engine().stats();
        // [telemetry]
    }

    static void thinkingGeneral(Llama llama) {
        // [qwen-thinking]
        llama.chat(
                List.of(ChatMessage.user("Explain the birthday paradox.")),
                o -> o.maxTokens(2048)
                        .generation(g ->
                                g.temperature(1.0).topP(0.95).topK(20).minP(0.0).presencePenalty(1.5)));
        // [qwen-thinking]
    }

    static void thinkingMath(Llama llama) {
        // [qwen-code]
        llama.chat(
                List.of(ChatMessage.user("Write a function to find the longest palindromic substring.")),
                o -> o.maxTokens(4096)
                        .generation(g -> g.temperature(0.6).topP(0.95).topK(20).minP(0.0)));
        // [qwen-code]
    }

    static void nonThinking(Llama llama) {
        // [qwen-plain]
        llama.chat(
                List.of(ChatMessage.user("What is the capital of France?")),
                o -> o.maxTokens(256)
                        .enableThinking(false)
                        .generation(g ->
                                g.temperature(0.7).topP(0.8).topK(20).minP(0.0).presencePenalty(1.5)));
        // [qwen-plain]
    }

    static void embeddings(Llama llama) {
        // [embed]
        float[] vector = llama.embed("Hello world").vector();
        // [embed]
    }
}
