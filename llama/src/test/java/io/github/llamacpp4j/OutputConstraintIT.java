package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.chat.ToolDefinition;
import io.github.llamacpp4j.engine.FinishReason;
import io.github.llamacpp4j.grammar.GrammarException;
import io.github.llamacpp4j.grammar.SchemaException;
import io.github.llamacpp4j.grammar.SchemaOptions;
import io.github.llamacpp4j.testkit.base.TestModels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OutputConstraintIT {

    private static final String PERSON = """
            {"type": "object", "properties": {
                "name": {"type": "string", "maxLength": 8},
                "age": {"type": "integer", "minimum": 0, "maximum": 150}},
             "required": ["name", "age"]}""";

    private static final ToolDefinition SET =
            tool("set_level", "level", Map.of("type", "integer", "minimum", 3, "maximum", 7));
    private static final ToolDefinition PAINT = tool("paint", "colour", Map.of("enum", List.of("red", "green")));

    private static Llama llama;

    private static ToolDefinition tool(String name, String parameter, Map<String, Object> schema) {
        return new ToolDefinition(
                name,
                "Does it.",
                Map.of("type", "object", "properties", Map.of(parameter, schema), "required", List.of(parameter)));
    }

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

    @Test
    void rawGenerationFollowsASchema() {
        for (long seed = 1; seed <= 5; seed++) {
            long number = seed;
            String text = llama.generate(
                            "A person:",
                            o -> o.constraint(OutputConstraint.jsonSchema(PERSON))
                                    .temperature(1)
                                    .seed(number)
                                    .maxTokens(200))
                    .text();
            JsonNode person = JsonMapper.shared().readTree(text);
            assertThat(person.get("age").asInt()).isBetween(0, 150);
            assertThat(person.get("name").asString().length()).isLessThanOrEqualTo(8);
        }
    }

    @Test
    void aChoiceAPatternAndAGrammarLeaveNothingElse() {
        assertThat(llama.generate("Hello", o -> o.constraint(OutputConstraint.choice("left", "right")))
                        .text())
                .isIn("left", "right");
        assertThat(llama.generate("Hello", o -> o.constraint(OutputConstraint.regex("[0-9]{3}-[a-f]{2}")))
                        .text())
                .matches("[0-9]{3}-[a-f]{2}");
        assertThat(llama.generate("Hello", o -> o.constraint(OutputConstraint.gbnf("root ::= \"yes\" | \"no\"")))
                        .text())
                .isIn("yes", "no");
    }

    @Test
    void compactWhitespaceIsKept() {
        OutputConstraint compact = OutputConstraint.jsonSchema(
                PERSON,
                SchemaOptions.builder()
                        .whitespace(SchemaOptions.Whitespace.COMPACT)
                        .build());
        String text = llama.generate("A person:", o -> o.constraint(compact).maxTokens(200))
                .text();
        assertThat(text).startsWith("{\"name\":\"").contains(",\"age\":");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChatThinksFreelyAndAnswersUnderTheConstraint(boolean thinking) {
        ChatReply reply = llama.chat(
                user("What is the capital of France?"),
                o -> o.enableThinking(thinking)
                        .constraint(OutputConstraint.jsonSchema(PERSON))
                        .temperature(0)
                        .maxTokens(300));
        assertThat(reply.finishReason()).isNotEqualTo(FinishReason.MAX_TOKENS);
        assertThat(reply.reasoning().isEmpty()).isEqualTo(!thinking);
        assertThat(JsonMapper.shared().readTree(reply.text()).has("age")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDemandedCallComesWhateverIsAsked(boolean thinking) {
        for (long seed = 1; seed <= 5; seed++) {
            long number = seed;
            ChatReply reply = llama.chat(
                    user("Hello!"),
                    o -> o.enableThinking(thinking)
                            .tools(List.of(SET, PAINT))
                            .toolChoice(ToolChoice.named("paint"))
                            .temperature(1)
                            .seed(number)
                            .maxTokens(400));
            assertThat(reply.text()).isEmpty();
            assertThat(reply.toolCalls()).singleElement().satisfies(call -> {
                assertThat(call.complete()).isTrue();
                assertThat(call.name()).isEqualTo("paint");
                assertThat(call.arguments().get("colour")).isIn("red", "green");
            });
        }
    }

    @Test
    void aRequiredCallMayBeOfAnyTool() {
        ChatReply reply = llama.chat(
                user("Hello!"),
                o -> o.enableThinking(false)
                        .tools(List.of(SET, PAINT))
                        .toolChoice(ToolChoice.required())
                        .temperature(0)
                        .maxTokens(400));
        assertThat(reply.toolCalls()).isNotEmpty().allMatch(call -> call.complete());
    }

    @Test
    void aCallThatTheModelChoosesHasValidArguments() {
        ToolDefinition weather = tool("get_weather", "city", Map.of("enum", List.of("Lima", "Rome")));
        ChatReply reply = llama.chat(
                user("What is the weather in Oslo?"),
                o -> o.enableThinking(false)
                        .tools(List.of(weather))
                        .temperature(0)
                        .maxTokens(200));
        assertThat(reply.toolCalls())
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call.arguments().get("city")).isIn("Lima", "Rome"));
    }

    @Test
    void freeTextStaysFreeWhileToolsAreOffered() {
        ChatReply free = llama.chat(
                user("What is the capital of France?"),
                o -> o.enableThinking(false).tools(List.of(SET)).temperature(0).maxTokens(100));
        assertThat(free.toolCalls()).isEmpty();
        assertThat(free.text()).isNotBlank();
    }

    @Test
    void toolsCanBeKeptFromTheModel() {
        ChatReply reply = llama.chat(
                user("What is the weather in Paris?"),
                o -> o.enableThinking(false)
                        .tools(List.of(SET))
                        .toolChoice(ToolChoice.none())
                        .temperature(0)
                        .maxTokens(100));
        assertThat(reply.prompt().text()).doesNotContain("set_level");
        assertThat(reply.toolCalls()).isEmpty();
    }

    @Test
    void whatCannotBeUsedIsRefusedBeforeAnythingIsGenerated() {
        assertThatThrownBy(() -> llama.generate("x", o -> o.constraint(OutputConstraint.gbnf("root ::= ("))))
                .isInstanceOf(GrammarException.class);
        assertThatThrownBy(() ->
                        llama.generate("x", o -> o.constraint(OutputConstraint.jsonSchema("{\"type\": \"nonsense\"}"))))
                .isInstanceOf(SchemaException.class);
        assertThatThrownBy(() -> llama.chat(user("x"), o -> o.toolChoice(ToolChoice.required())))
                .isInstanceOf(ChatException.class);
        assertThatThrownBy(
                        () -> llama.chat(user("x"), o -> o.tools(List.of(SET)).toolChoice(ToolChoice.named("other"))))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("set_level");
    }

    @Test
    void truncationIsReported() {
        assertThat(llama.generate(
                                "x",
                                o -> o.constraint(OutputConstraint.jsonSchema(PERSON))
                                        .maxTokens(2))
                        .end()
                        .reason())
                .isEqualTo(FinishReason.MAX_TOKENS);
    }

    private static List<ChatMessage> user(String text) {
        return List.of(ChatMessage.user(text));
    }
}
