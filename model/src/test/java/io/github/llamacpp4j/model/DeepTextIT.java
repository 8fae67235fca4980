package io.github.llamacpp4j.model;

import io.github.llamacpp4j.testkit.base.ForkedJvm;
import io.github.llamacpp4j.testkit.base.SharedCorpora;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts on which a pre-tokenizer recurses as deep as they are long. On the default stack they end the process, hence a
 * JVM of its own.
 */
class DeepTextIT {

    /** Tokenizes long texts without a break; argument: a vocabulary. */
    static final class Main {

        private Main() {}

        public static void main(String[] arguments) {
            ModelOptions options = ModelOptions.builder().vocabularyOnly(true).build();
            try (Model model = Model.load(Path.of(arguments[0]), options)) {
                for (String unit : List.of("a", " ", "\n", "7", "!", "\u4e2d", "a1")) {
                    for (int length : new int[] {100, 1000, 4000, 60_000, 400_000}) {
                        model.tokenizer().encode(unit.repeat(length / unit.length()), false, false);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-spm", "gpt-2", "llama-bpe", "deepseek-coder", "bert-bge"})
    void longTextsWithoutABreakAreTokenized(String name) {
        Path vocabulary = SharedCorpora.require("tokenizers/ggml-vocab-" + name + ".gguf");
        ForkedJvm.of(Main.class)
                .arguments(vocabulary.toString())
                .timeout(Duration.ofMinutes(3))
                .run()
                .assertSucceeded();
    }
}
