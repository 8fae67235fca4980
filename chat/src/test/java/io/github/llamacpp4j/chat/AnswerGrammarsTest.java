package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.MatchInput;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerGrammarsTest {
    private static final ToolDefinition LEVEL =
            tool("set_level", "level", Map.of("type", "integer", "maximum", 7, "minimum", 3));
    private static final ToolDefinition PAINT = tool("paint", "colour", Map.of("enum", List.of("red", "green")));
    private static final TokenVocabulary NONE = TokenVocabulary.empty();
    private static final ChatTemplate TINYCHAT = ChatTemplate.read(
            Path.of("").toAbsolutePath().resolveSibling("models/tinychat/chat_template.jinja"),
            new TemplateTokens("", "<|im_end|>"));

    private static ToolDefinition tool(String name, String parameter, Map<String, Object> schema) {
        return new ToolDefinition(
                name,
                "Does it.",
                Map.of("type", "object", "properties", Map.of(parameter, schema), "required", List.of(parameter)));
    }

    private static ChatTemplateOptions options(boolean thinking) {
        return ChatTemplateOptions.builder()
                .tools(List.of(LEVEL, PAINT))
                .enableThinking(thinking)
                .build();
    }

    private static RenderedPrompt prompt(ChatTemplate template, boolean thinking) {
        return template.render(List.of(ChatMessage.user("Hello")), options(thinking));
    }

    private static CompiledGrammar calls(ToolChoice choice, boolean thinking) {
        return TINYCHAT.toolCallGrammar(prompt(TINYCHAT, thinking), options(thinking), choice, NONE)
                .compile(NONE);
    }

    private static String call(String name, String arguments) {
        return "<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set_level | {\"level\": 5}         | true",
                "set_level | {\"level\": 8}         | false",
                "set_level | {\"colour\": \"red\"}  | false",
                "paint     | {\"colour\": \"red\"}  | true",
                "paint     | {}                     | false",
                "other     | {\"colour\": \"red\"}  | false",
            })
    void aDemandedCallIsOneOfTheToolsWithArgumentsOfItsSchema(String name, String arguments, boolean accepted) {
        assertThat(calls(ToolChoice.required(), false)
                        .match(call(name, arguments))
                        .isAccepted())
                .isEqualTo(accepted);
    }

    @Test
    void severalCallsMayComeUnlessOneIsNamed() {
        String two = call("paint", "{\"colour\": \"red\"}") + "\n" + call("set_level", "{\"level\": 3}");
        assertThat(calls(ToolChoice.required(), false).match(two).isAccepted()).isTrue();
        assertThat(calls(ToolChoice.named("paint"), false).match(two).isAccepted())
                .isFalse();
    }

    @Test
    void aThoughtComesFirstOnlyWhereThinkingIsOn() {
        String answer = "<think>\nI call paint. </thinker>\n</think>\n\n" + call("paint", "{\"colour\": \"red\"}");
        assertThat(calls(ToolChoice.required(), true).match(answer).isAccepted())
                .isTrue();
        assertThat(calls(ToolChoice.required(), false).match(answer).isAccepted())
                .isFalse();
    }

    @Test
    void freeTextIsFreeUntilACallBegins() {
        CompiledGrammar lazy = TINYCHAT.lazyToolCallGrammar(prompt(TINYCHAT, false), options(false), NONE)
                .orElseThrow()
                .compile(NONE);
        assertThat(lazy.match("Hello, <tool> world").isAccepted()).isTrue();
        assertThat(lazy.match("I do. " + call("paint", "{\"colour\": \"red\"}") + "\nDone.")
                        .isAccepted())
                .isTrue();
        assertThat(lazy.match("I do. " + call("paint", "{\"colour\": \"blue\"}"))
                        .isAccepted())
                .isFalse();
    }

    @Test
    void controlTokensOfTheTemplateAreTokens() {
        String source = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% if m.tool_calls %}"
                + "{% for c in m.tool_calls %}<|tool_call|>{\"name\": \"{{ c.function.name }}\", \"arguments\": "
                + "{{ c.function.arguments | tojson }}}{% endfor %}{% endif %}{{ eos_token }}{% endfor %}"
                + "{% if add_generation_prompt %}[assistant]{% endif %}{% if tools %}{% endif %}";
        ChatTemplate template = ChatTemplate.parse(source, new TemplateTokens("", "</s>"));
        byte[][] pieces = {"<|tool_call|>".getBytes(StandardCharsets.UTF_8), "</s>".getBytes(StandardCharsets.UTF_8)};
        TokenVocabulary vocabulary = TokenVocabulary.of(pieces, id -> true, id -> id == 1);
        CompiledGrammar grammar = template.toolCallGrammar(
                        prompt(template, false), options(false), ToolChoice.named("paint"), vocabulary)
                .compile(vocabulary);
        MatchInput call = new MatchInput.Text("{\"name\": \"paint\", \"arguments\": {\"colour\": \"red\"}}");
        assertThat(grammar.match(List.of(new MatchInput.Token(0), call)).isAccepted())
                .isTrue();
        assertThat(grammar.match(List.of(new MatchInput.Text("<|tool_call|>"), call))
                        .isAccepted())
                .isFalse();
    }

    @Test
    void whatTheTemplateCannotWriteIsRefused() {
        ChatTemplate plain = ChatTemplate.builtIn("zephyr", new TemplateTokens("", "</s>"));
        assertThatThrownBy(
                        () -> plain.toolCallGrammar(prompt(plain, false), options(false), ToolChoice.required(), NONE))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("ToolChoice.auto");
        assertThat(plain.lazyToolCallGrammar(prompt(plain, false), options(false), NONE))
                .isEmpty();
    }

    @Test
    void aConstrainedTextFollowsAThoughtThatThePromptHasBegun() {
        String source = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
                + "{% if add_generation_prompt %}[assistant]<think>\n{% endif %}{# </think> #}";
        ChatTemplate template = ChatTemplate.parse(source, new TemplateTokens("", "</s>"));
        CompiledGrammar grammar = template.textGrammar(
                        prompt(template, true), options(true), Grammar.choices(List.of("yes", "no")), NONE)
                .compile(NONE);
        assertThat(grammar.match("Let me see</think>\n\nyes").isAccepted()).isTrue();
        assertThat(grammar.match("yes").isAccepted()).isFalse();
        assertThat(grammar.match("Let me see</think>maybe").isAccepted()).isFalse();
    }
}
