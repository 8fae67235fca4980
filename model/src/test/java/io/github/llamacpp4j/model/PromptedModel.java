package io.github.llamacpp4j.model;

import io.github.llamacpp4j.testkit.base.TestModels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What tests of contexts begin with: the bundled model, open as long as the tests of a class run, and a prompt for it. */
abstract class PromptedModel {

    @SuppressWarnings("NullAway.Init")
    static Model model;

    @SuppressWarnings("NullAway.Init")
    static int[] prompt;

    @BeforeAll
    static void load() {
        model = Model.load(TestModels.tinychat());
        prompt = model.tokenizer().encode("Once there was a small fox who lived near the sea.");
    }

    @AfterAll
    static void close() {
        model.close();
    }
}
