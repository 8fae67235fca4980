package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.testkit.base.TestModels;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

class TypedChatIT {

    record Person(
            @Size(max = 12) String name,
            int age,
            @Size(max = 12) String city) {}

    record City(String city) {}

    private static final String QUESTION = "Return a JSON object for a person named Anna aged 31 living in Oslo";

    private static Llama llama;

    @BeforeAll
    static void load() {
        llama = Llama.load(
                TestModels.tinychat(),
                LlamaOptions.builder()
                        .context(context -> context.contextSize(2048).threads(1).batchThreads(1))
                        .build());
    }

    @AfterAll
    static void close() {
        llama.close();
    }

    private static List<ChatMessage> user(String text) {
        return List.of(ChatMessage.user(text));
    }

    @Test
    void anAnswerIsAValue() {
        TypedReply<Person> reply = llama.chat(
                user(QUESTION),
                OutputType.of(Person.class),
                o -> o.enableThinking(false).temperature(0));
        assertThat(reply.value()).isEqualTo(new Person("Anna", 31, "Oslo"));
    }

    @Test
    void theShortFormThinksAsTheTemplateDoes() {
        assertThat(llama.chat(QUESTION, Person.class).name()).hasSizeLessThanOrEqualTo(12);
    }

    @Test
    void theSchemaIsShownWhenAsked() {
        TypedReply<Person> reply = llama.chat(
                user(QUESTION),
                OutputType.of(Person.class).withSchemaInPrompt(),
                o -> o.enableThinking(false).temperature(0).maxTokens(200));
        assertThat(reply.reply().prompt().text()).contains("JSON Schema").contains("\"city\"");
    }

    @Test
    void truncationIsNeverAValue() {
        assertThatThrownBy(() -> llama.chat(
                        user(QUESTION),
                        OutputType.of(Person.class),
                        o -> o.enableThinking(false).maxTokens(5)))
                .isInstanceOfSatisfying(
                        TypedOutputException.class,
                        e -> assertThat(e.kind()).isEqualTo(TypedOutputException.Kind.TRUNCATED));
    }

    @Test
    void aStreamShowsTheValueGrowing() {
        List<JsonNode> grown = new ArrayList<>();
        try (TypedStream<Person> stream = llama.streamChat(
                user(QUESTION),
                OutputType.of(Person.class),
                ChatOptions.builder().enableThinking(false).temperature(0).build())) {
            for (JsonNode partial : stream) {
                grown.add(partial);
            }
            assertThat(stream.value()).isEqualTo(new Person("Anna", 31, "Oslo"));
        }
        assertThat(grown).hasSizeGreaterThan(3);
        assertThat(grown.getLast().path("city").asString("")).isEqualTo("Oslo");
    }

    @Test
    void aChoiceHasProbabilities() {
        Choices choices = llama.choose(
                "What is the capital of France?",
                List.of("The capital of Peru is Lima.", "The capital of France is Paris."));
        assertThat(choices.best().text()).contains("Paris");
        assertThat(choices.best().probability()).isGreaterThan(0.9);
        assertThat(choices.options().stream()
                        .mapToDouble(Choices.Option::probability)
                        .sum())
                .isCloseTo(1, within(1e-9));
    }

    private static final String PARIS = "The capital of France is Paris.";
    private static final List<String> CAPITALS = List.of("The capital of France is Rome.", PARIS);

    private static Choices capital(Llama asked, Consumer<GenerationOptions.Builder> generation) {
        return asked.choose(
                user("What is the capital of France?"),
                CAPITALS,
                ChatOptions.builder()
                        .enableThinking(false)
                        .generation(generation)
                        .build());
    }

    @Test
    void whatElseWouldEndAnAnswerHasNoPartInAChoice() {
        int the = llama.tokenizer().encode("The", false, false)[0];
        List<Consumer<GenerationOptions.Builder>> settings = List.of(
                o -> o.stop("capital"),
                o -> o.ignoreEndOfGeneration(true),
                o -> o.request(request -> request.minTokens(100)),
                o -> o.request(request -> request.stopTokens(List.of(the))));
        for (Consumer<GenerationOptions.Builder> setting : settings) {
            Choices choices = capital(llama, setting);
            assertThat(choices.best().text()).isEqualTo(PARIS);
            assertThat(choices.best().logProbability()).isGreaterThan(-1);
        }
    }

    @Test
    void aChoiceThatTakesTooLongIsNone() {
        assertThatThrownBy(() -> capital(llama, o -> o.request(request -> request.timeout(Duration.ofNanos(1)))))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("timeout");
    }

    @Test
    @Timeout(60)
    void optionsLongerThanTheirBuffersAreScoredThroughANarrowQueue() {
        LlamaOptions narrow = LlamaOptions.builder()
                .context(context -> context.contextSize(512).threads(1).batchThreads(1))
                .engine(engine -> engine.parallelSequences(1).queueCapacity(1).eventCapacity(2))
                .build();
        try (Llama busy = Llama.load(TestModels.tinychat(), narrow)) {
            Choices choices = busy.choose(
                    user("What is the capital of France?"),
                    List.of("The capital of Peru is Lima.", CAPITALS.getFirst(), PARIS),
                    ChatOptions.builder().enableThinking(false).build());
            assertThat(choices.best().text()).isEqualTo(PARIS);
        }
    }

    @Test
    void toolsAreRunAndTheirResultsUsed() {
        Tool weather = Tool.of(
                "get_weather",
                "Get the weather in a city.",
                City.class,
                c -> Map.of("temperature", 18, "condition", "sunny"));
        ToolRun run = llama.runTools(
                user("What is the weather in Paris?"),
                List.of(weather),
                o -> o.chat(chat -> chat.enableThinking(false).temperature(0).maxTokens(200)));
        assertThat(run.text()).contains("Paris", "sunny");
        assertThat(run.rounds()).isEqualTo(2);
    }
}
