package io.github.llamacpp4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.engine.EngineRequest;
import io.github.llamacpp4j.engine.Generation;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/testing.md}; {@link LlamaExtensionIT} holds the page to this text. */
// [example]
@LlamaTest
class TestingExampleIT {

    @Test
    void theAnswerIsPassedOn(@Scripted("<think>\n7 * 6\n</think>\n\n42") Llama llama) {
        assertThat(llama.chat("What is 7 times 6?").text()).isEqualTo("42");
    }

    @Test
    void aModelCanBeAsked(Llama tinychat) {
        assertThat(tinychat.generate("What is", o -> o.maxTokens(8).temperature(0))
                        .text())
                .isNotBlank();
    }

    @Test
    void anEngineNeedsNoNativeCode(@Scripted({"first", "second"}) Engine engine) {
        EngineRequest request =
                EngineRequest.builder(new ByteVocabulary().tokenize("Go on")).build();
        try (Generation one = engine.submit(request);
                Generation two = engine.submit(request)) {
            assertThat(one.result().text()).isEqualTo("first");
            assertThat(two.result().text()).isEqualTo("second");
        }
    }
}
// [example]
