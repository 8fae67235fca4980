package io.github.llamacpp4j;

import io.github.llamacpp4j.engine.Generation;
import io.github.llamacpp4j.engine.GenerationEvent;
import java.nio.file.Path;

/** The example of the README. {@link LlamaIT} runs it and holds the README to this text. */
final class ReadmeExample {

    private ReadmeExample() {}

    static void run(Path modelFile) {
        // [example]
        try (Llama llama = Llama.load(modelFile)) {
            System.out.println(
                    llama.generate("Once upon a time", o -> o.maxTokens(200).temperature(0.8))
                            .text());

            try (Generation story = llama.stream("Tell me a story", o -> o.maxTokens(200))) { // closing it cancels
                for (GenerationEvent event : story) {
                    System.out.print(event.text());
                }
            }
        }
        // [example]
    }
}
