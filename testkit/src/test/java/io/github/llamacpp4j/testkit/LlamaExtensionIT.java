package io.github.llamacpp4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.llamacpp4j.Llama;
import io.github.llamacpp4j.LlamaOptions;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.engine.Engine;
import io.github.llamacpp4j.model.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class LlamaExtensionIT {

    /** Run by the tests below, in a JUnit within JUnit. */
    @LlamaTest
    static class Sample {

        static final List<Llama> BUNDLED = new ArrayList<>();
        static final List<Llama> SCRIPTED = new ArrayList<>();
        static final List<Engine> ENGINES = new ArrayList<>();

        @Test
        void first(Llama bundled, @Scripted("a") Llama scripted, @Scripted("b") Engine engine) {
            BUNDLED.add(bundled);
            SCRIPTED.add(scripted);
            ENGINES.add(engine);
            assertThat(scripted.generate("x").text()).isEqualTo("a");
        }

        @Test
        void second(Llama bundled, @Scripted("c") Llama one, @Scripted("d") Llama two) {
            assertThat(ENGINES).noneMatch(Engine::isRunning);
            BUNDLED.add(bundled);
            SCRIPTED.addAll(List.of(one, two));
            assertThat(one.generate("x").text() + two.generate("x").text()).isEqualTo("cd");
        }

        @AfterAll
        static void theBundledModelIsStillOpen() {
            assertThat(BUNDLED).allMatch(llama -> llama.model().isOpen());
        }
    }

    /** Asks for what there is not. */
    @LlamaTest
    static class Wrong {

        @Test
        void wants(Engine engine) {
            assertThat(engine).isNotNull();
        }
    }

    @Test
    void theBundledModelIsSharedAndTheRestIsOnesOwnAndAllIsClosed() {
        TestExecutionSummary summary = run(Sample.class);
        assertThat(summary.getTestsSucceededCount())
                .as(() -> summary.getFailures().toString())
                .isEqualTo(2);
        assertThat(Sample.BUNDLED).hasSize(2).allMatch(llama -> llama == Sample.BUNDLED.getFirst());
        assertThat(Sample.SCRIPTED).doesNotHaveDuplicates();
        assertThat(Sample.BUNDLED).noneMatch(llama -> llama.model().isOpen());
        assertThat(Sample.SCRIPTED).noneMatch(llama -> llama.model().isOpen());
    }

    @Test
    void anEngineWithoutAScriptIsNotOffered() {
        assertThat(run(Wrong.class).getFailures())
                .singleElement()
                .satisfies(failure ->
                        assertThat(failure.getException()).hasMessageContaining("No ParameterResolver registered"));
    }

    @Test
    void markupOfAScriptBecomesReasoningAndText() {
        try (Llama llama =
                TestLlamas.scripted(prompt -> "<think>\nlet me see\n</think>\n\n" + prompt.contains("secret"))) {
            var reply = llama.chat(List.of(ChatMessage.user("The secret word?")), o -> o.enableThinking(true));
            assertThat(reply.reasoning()).contains("let me see");
            assertThat(reply.text()).isEqualTo("true");
        }
    }

    @Test
    void textOfEveryKindIsWrittenAsItStands() {
        for (String text :
                List.of("", " ", " leading and trailing ", "a\n\n\nb\t", "Grüße, 世界 🌍", "{\"k\": [1, 2.5]}")) {
            try (Llama llama = TestLlamas.scripted(Script.always(text))) {
                assertThat(llama.generate("Say it:", o -> o.maxTokens(200)).text())
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void anEngineOfAnotherVocabularyIsRefused() {
        try (Llama llama = TestLlamas.tinychat();
                Model model = Model.load(llama.model().path());
                Engine bytes = TestLlamas.scriptedEngine(Script.always(""))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Llama.of(model, bytes, LlamaOptions.defaults()))
                    .withMessageContaining("found one for 257");
            assertThat(model.isOpen()).isTrue();
        }
    }

    @Test
    void thePageShowsTheExampleThatRunsHere() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/github/llamacpp4j/testkit/TestingExampleIT.java"));
        String marker = "// [example]";
        String example = source.substring(source.indexOf(marker) + marker.length(), source.lastIndexOf(marker))
                .strip();
        assertThat(Files.readString(Path.of("..", "docs", "testing.md"))).contains(example);
    }

    private static TestExecutionSummary run(Class<?> tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .configurationParameter(
                        "junit.jupiter.testmethod.order.default", "org.junit.jupiter.api.MethodOrderer$MethodName")
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
