package io.github.llamacpp4j.engine;

import io.github.llamacpp4j.model.Context;
import io.github.llamacpp4j.model.ContextOptions;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.ArrayList;
import java.util.List;

/** The bundled model on one thread, with and without an engine. */
final class TinyChatEngines {

    private TinyChatEngines() {}

    static Model load() {
        return Model.load(TestModels.tinychat());
    }

    static ContextOptions.Builder context() {
        return ContextOptions.builder().contextSize(2048).threads(1).batchThreads(1);
    }

    /** A question as the model's template puts it. */
    static int[] question(Model model, String question) {
        return model.tokenizer()
                .encode(
                        "<|im_start|>user\n" + question + "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
                        true,
                        true);
    }

    /** What the model says greedily when it has a context to itself. */
    static List<Integer> greedyAlone(Model model, int[] prompt, int most) {
        List<Integer> tokens = new ArrayList<>();
        try (Context context = model.newContext(context().build())) {
            context.append(0, prompt);
            while (tokens.size() < most) {
                float[] logits = context.logits(-1);
                int best = 0;
                for (int i = 1; i < logits.length; i++) {
                    best = logits[i] > logits[best] ? i : best;
                }
                tokens.add(best);
                if (model.tokenizer().isEndOfGeneration(best)) {
                    break;
                }
                context.append(0, best);
            }
        }
        return tokens;
    }
}
