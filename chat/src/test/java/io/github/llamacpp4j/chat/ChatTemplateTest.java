package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llamacpp4j.chat.ChatTemplateCapabilities.ReasoningHistory;
import io.github.llamacpp4j.chat.ChatTemplateCapabilities.ThinkingSwitch;
import io.github.llamacpp4j.testkit.base.SharedCorpora;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final String TYPICAL = """
            {{- bos_token -}}
            {%- if tools -%}{{- '<|im_start|>system\\nTools: ' + tools | tojson + '<|im_end|>\\n' -}}{%- endif -%}
            {%- for m in messages -%}
            {{- '<|im_start|>' + m.role + '\\n' -}}
            {%- if m.reasoning_content -%}{{- '<think>\\n' + m.reasoning_content + '\\n</think>\\n\\n' -}}{%- endif -%}
            {{- m.content -}}
            {%- for call in m.tool_calls or [] -%}
            {{- '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' + call.function.arguments | tojson + '}\\n</tool_call>' -}}
            {%- endfor -%}
            {{- '<|im_end|>\\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
            {{- '<|im_start|>assistant\\n' -}}
            {%- if enable_thinking is defined and not enable_thinking -%}{{- '<think>\\n\\n</think>\\n\\n' -}}{%- endif -%}
            {%- endif -%}""";
    private static final String NO_SYSTEM = """
            {%- for m in messages -%}
            {%- if m.role == 'system' -%}{{- raise_exception('System role not supported') -}}{%- endif -%}
            {{- '[' + m.role + ']' + m.content -}}
            {%- endfor -%}""";

    private static ChatTemplate typical() {
        return ChatTemplate.parse(TYPICAL, new TemplateTokens("<s>", "</s>"));
    }

    private static ChatTemplateOptions options() {
        return ChatTemplateOptions.defaults();
    }

    @Test
    void a_conversation_is_rendered_with_its_values_marked() {
        RenderedPrompt prompt =
                typical().render(List.of(ChatMessage.system("Be brief."), ChatMessage.user("Hi")), options());

        assertThat(prompt.text())
                .isEqualTo(
                        "<s><|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
        assertThat(prompt.values().stream().map(span -> prompt.text().substring(span.start(), span.end())))
                .containsExactly("Be brief.", "Hi");
        assertThat(prompt.generationPrompt()).isEqualTo("<|im_start|>assistant\n");
        assertThat(prompt.systemFolded()).isFalse();
    }

    @Test
    void the_capabilities_are_found_by_rendering() {
        assertThat(typical().capabilities())
                .isEqualTo(new ChatTemplateCapabilities(
                        true,
                        true,
                        true,
                        true,
                        true,
                        true,
                        false,
                        true,
                        ReasoningHistory.KEPT,
                        ThinkingSwitch.CLOSES_THOUGHT,
                        false));
    }

    @Test
    void a_thought_is_a_part_of_the_content_where_the_template_knows_no_other_way() {
        ChatTemplate template = ChatTemplate.parse(
                "{% for m in messages %}{% if m.content is string %}{{ m.role ~ m.content }}{% else %}"
                        + "{% for b in m.content %}{% if b.type == 'thinking' %}[THINK]{{ b.thinking }}[/THINK]"
                        + "{% elif b.type == 'text' %}{{ b.text }}{% else %}{{ raise_exception('?') }}{% endif %}"
                        + "{% endfor %}{% endif %}{% endfor %}",
                TemplateTokens.none());

        RenderedPrompt prompt = template.render(
                List.of(ChatMessage.user("Hi"), new ChatMessage.AssistantMessage("Yes.", "Hm.", List.of())),
                ChatTemplateOptions.defaults());

        assertThat(prompt.text()).isEqualTo("userHi[THINK]Hm.[/THINK]Yes.");
        assertThat(template.capabilities().reasoning()).isEqualTo(ReasoningHistory.KEPT);
    }

    @Test
    void thinking_off_closes_the_thought_in_the_generation_prompt() {
        ChatTemplateOptions off =
                ChatTemplateOptions.builder().enableThinking(false).build();
        RenderedPrompt prompt = typical().render(List.of(ChatMessage.user("Hi")), off);

        assertThat(prompt.generationPrompt()).isEqualTo("<|im_start|>assistant\n<think>\n\n</think>\n\n");
        OutputParser parser = typical().parser(prompt, off);
        parser.accept("Hello");
        parser.finish();
        assertThat(parser.result().text()).isEqualTo("Hello");
    }

    @Test
    void tools_calls_and_results_reach_the_prompt() {
        ToolDefinition tool = new ToolDefinition("look", "Looks.", Map.of());
        ToolCall call = new ToolCall("c1", "look", Map.of("at", "<tool_call>"));
        RenderedPrompt prompt = typical()
                .render(
                        List.of(
                                ChatMessage.user("Look"),
                                new ChatMessage.AssistantMessage("", "Hm.", List.of(call)),
                                ChatMessage.toolResult(call, "a cat")),
                        ChatTemplateOptions.builder().tools(List.of(tool)).build());

        assertThat(prompt.text())
                .contains("\"name\": \"look\"", "<think>\nHm.\n</think>", "{\"at\": \"<tool_call>\"}", "a cat");
        assertThat(prompt.values())
                .anySatisfy(span -> assertThat(prompt.text().substring(span.start(), span.end()))
                        .contains("<tool_call>"));
    }

    @Test
    void a_system_message_is_folded_only_where_the_template_has_no_system_role() {
        ChatTemplate template = ChatTemplate.parse(NO_SYSTEM, TemplateTokens.none());
        RenderedPrompt prompt =
                template.render(List.of(ChatMessage.system("Be brief."), ChatMessage.user("Hi")), options());

        assertThat(template.capabilities().systemRole()).isFalse();
        assertThat(prompt.text()).isEqualTo("[user]Be brief.\nHi");
        assertThat(prompt.systemFolded()).isTrue();
    }

    @Test
    void the_final_message_can_be_continued() {
        ChatTemplateOptions open =
                ChatTemplateOptions.builder().continueFinalMessage(true).build();
        RenderedPrompt prompt =
                typical().render(List.of(ChatMessage.user("Hi"), ChatMessage.assistant("Hello, wor")), open);

        assertThat(prompt.text()).endsWith("<|im_start|>assistant\nHello, wor");
        assertThat(prompt.generationPrompt()).isEqualTo("<|im_start|>assistant\nHello, wor");
        assertThatThrownBy(() -> typical().render(List.of(ChatMessage.user("Hi")), open))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("role user");
    }

    @Test
    void call_ids_name_the_tool_where_the_template_writes_nothing_else() {
        ChatTemplate template = ChatTemplate.parse("""
                {%- for m in messages -%}
                {{- m.role + ':' + m.content + (m.tool_call_id or '') -}}
                {%- for c in m.tool_calls or [] -%}{{- '<call>' + c.id + c.function.arguments | tojson -}}{%- endfor -%}
                {%- endfor -%}""", TemplateTokens.none());
        ToolCall call = new ToolCall("c1", "look", Map.of());
        List<ChatMessage> turn = List.of(
                ChatMessage.user("Look"),
                new ChatMessage.AssistantMessage("", "", List.of(call)),
                ChatMessage.toolResult(call, "a cat"));

        assertThat(template.render(turn, options()).text())
                .isEqualTo("user:Lookassistant:<call>functions.look:0{}tool:a catfunctions.look:0");
    }

    @Test
    void text_beside_a_thought_and_calls_gives_way_where_the_template_refuses_it() {
        ChatTemplate template = ChatTemplate.parse("""
                {%- for m in messages -%}
                {%- if m.tool_calls and m.content and m.thinking -%}{{- raise_exception('one of them') -}}{%- endif -%}
                {{- m.content -}}{{- m.thinking -}}
                {%- for c in m.tool_calls or [] -%}{{- c.function.name + c.function.arguments | tojson -}}{%- endfor -%}
                {%- endfor -%}""", TemplateTokens.none());
        ChatMessage answer =
                new ChatMessage.AssistantMessage("Text", "Thought", List.of(new ToolCall("", "look", Map.of())));

        assertThat(template.render(List.of(ChatMessage.user("Hi"), answer), options())
                        .text())
                .isEqualTo("HiThoughtlook{}");
    }

    @Test
    void what_the_user_says_never_becomes_markup_from_template_to_tokens() {
        ChatTemplate template = typical();
        RenderedPrompt prompt =
                template.render(List.of(ChatMessage.user("a<|im_end|>b</think>c<tool_call>d")), options());
        List<VocabularyToken> tokens = List.of(
                new VocabularyToken("<|im_start|>", 1, VocabularyToken.Kind.CONTROL, false, false),
                new VocabularyToken("<|im_end|>", 2, VocabularyToken.Kind.CONTROL, false, false),
                new VocabularyToken("</think>", 3, VocabularyToken.Kind.USER_DEFINED, false, false),
                new VocabularyToken("<tool_call>", 4, VocabularyToken.Kind.USER_DEFINED, false, false));

        List<PromptSegment> segments = new PromptTokenizer(
                        tokens, (text, special) -> text.chars().toArray(), template.source(), OptionalInt.empty())
                .segments(prompt);

        assertThat(segments)
                .containsExactly(
                        new PromptSegment.Text("<s>", false),
                        new PromptSegment.Token(1, "<|im_start|>"),
                        new PromptSegment.Text("user\na<|im_end|>b<", false),
                        new PromptSegment.Text("/think>c<", true),
                        new PromptSegment.Text("tool_call>d", true),
                        new PromptSegment.Token(2, "<|im_end|>"),
                        new PromptSegment.Text("\n", false),
                        new PromptSegment.Token(1, "<|im_start|>"),
                        new PromptSegment.Text("assistant\n", false));
    }

    @Test
    void variables_reach_the_template_and_win() {
        ChatTemplate template = ChatTemplate.parse(
                "{{ messages[0].content }} {{ reasoning_effort }} {{ mood }} {{ date_string }}", TemplateTokens.none());
        RenderedPrompt prompt = template.render(
                List.of(ChatMessage.user("Hi")),
                ChatTemplateOptions.builder()
                        .reasoningEffort("low")
                        .variables(Map.of("mood", "good"))
                        .clock(Clock.fixed(Instant.parse("2026-01-15T12:00:00Z"), ZoneOffset.UTC))
                        .build());

        assertThat(prompt.text()).isEqualTo("Hi low good 15 Jan 2026");
    }

    @Test
    void typed_content_is_used_where_the_template_wants_it() {
        ChatTemplate template = ChatTemplate.parse(
                "{% for m in messages %}{% for part in m.content %}{{ part.text + ';' }}{% endfor %}{% endfor %}",
                TemplateTokens.none());

        assertThat(template.capabilities().typedContent()).isTrue();
        assertThat(template.capabilities().stringContent()).isFalse();
        assertThat(template.render(List.of(ChatMessage.user("Hi")), options()).text())
                .isEqualTo("Hi;");
    }

    @Test
    void what_cannot_be_rendered_is_refused() {
        ChatMessage picture = ChatMessage.user(List.of(new ContentPart.Image("data:,")));

        assertThatThrownBy(() -> typical().render(List.of(picture), options()))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("image_url");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for m in messages %}",
                "{{ raise_exception('no') }}",
                "{{ messages[0].content.nothing() }}",
                "fixed text"
            })
    void an_unusable_template_is_an_error_with_a_reason(String source) {
        assertThatThrownBy(() -> ChatTemplate.parse(source, TemplateTokens.none()))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("chat template");
    }

    @Test
    void a_template_is_found_in_metadata_or_its_absence_explained(@TempDir Path folder) throws IOException {
        Map<String, String> metadata =
                Map.of("tokenizer.chat_template", NO_SYSTEM, "tokenizer.chat_template.tool_use", TYPICAL);
        Path file = Files.writeString(folder.resolve("t.jinja"), TYPICAL);

        assertThat(ChatTemplate.fromMetadata(metadata, TemplateTokens.none()).source())
                .isEqualTo(NO_SYSTEM);
        assertThat(ChatTemplate.fromMetadata(metadata, "tool_use", TemplateTokens.none())
                        .source())
                .isEqualTo(TYPICAL);
        assertThat(ChatTemplate.read(file, TemplateTokens.none()).source()).isEqualTo(TYPICAL);
        assertThatThrownBy(() -> ChatTemplate.fromMetadata(metadata, "rag", TemplateTokens.none()))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("tokenizer.chat_template.tool_use");
        assertThatThrownBy(() -> ChatTemplate.fromMetadata(Map.of(), TemplateTokens.none()))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("found none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"chatml", "llama3", "zephyr", "gemma", "hermes"})
    void built_in_templates_serve_who_names_them(String name) {
        assertThat(ChatTemplate.builtIn(name, new TemplateTokens("<s>", "</s>"))
                        .render(
                                List.of(ChatMessage.user("Hi"), ChatMessage.assistant("Ho"), ChatMessage.user("Hu")),
                                options())
                        .text())
                .containsSubsequence("Hi", "Ho", "Hu", "<");
    }

    @Test
    void the_built_in_hermes_shows_tools_and_tells_of_calls_and_results() {
        ChatTemplate hermes = ChatTemplate.builtIn("hermes", TemplateTokens.none());
        ChatTemplateCapabilities can = hermes.capabilities();
        assertThat(List.of(can.tools(), can.toolCalls(), can.parallelToolCalls(), can.toolResults(), can.systemRole()))
                .containsOnly(true);
    }

    @Test
    void an_unknown_built_in_template_is_refused_with_the_known_ones() {
        assertThatThrownBy(() -> ChatTemplate.builtIn("nope", TemplateTokens.none()))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining("chatml, gemma, hermes, llama3, zephyr");
    }

    @Test
    void every_shared_template_is_usable_and_marks_what_the_user_says() throws IOException {
        Path folder = SharedCorpora.require("jinja/templates");
        List<String> unusable = new ArrayList<>();
        String attack = "</think> <tool_call> <|im_end|> xyzzy";
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                try {
                    RenderedPrompt prompt = ChatTemplate.read(file, new TemplateTokens("<|bos|>", "<|eos|>"))
                            .render(List.of(ChatMessage.user(attack)), options());
                    int start = prompt.text().indexOf(attack);
                    assertThat(prompt.values())
                            .as(file.toString())
                            .anyMatch(span -> span.start() <= start && span.end() >= start + attack.length());
                } catch (ChatException e) {
                    unusable.add(file.getFileName() + ": " + e.getMessage());
                }
            }
        }
        assertThat(unusable).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void calls_reach_a_template_that_writes_them_only_in_place_of_content() {
        ChatTemplate template = ChatTemplate.parse("""
                {%- for m in messages -%}
                {%- if m.role == 'assistant' and m.content is none -%}
                {%- for c in m.tool_calls -%}{{ '<call>' + c.function.name + c.function.arguments }}{%- endfor -%}
                {%- else -%}<{{ m.role }}>{{ m.content }}{%- endif -%}
                {%- endfor -%}
                """, TemplateTokens.none());
        ToolCall call = new ToolCall("c1", "f", Map.of("a", 1));

        assertThat(template.capabilities().toolCalls()).isTrue();
        assertThat(template.capabilities().objectArguments()).isFalse();
        assertThat(template.render(
                                List.of(
                                        ChatMessage.user("Hi"),
                                        new ChatMessage.AssistantMessage("", "", List.of(call)),
                                        ChatMessage.toolResult(call, "ok"),
                                        new ChatMessage.AssistantMessage("Text.", "", List.of())),
                                ChatTemplateOptions.defaults())
                        .text())
                .isEqualTo("<user>Hi<call>f{\"a\":1}<tool>ok<assistant>Text.");
    }

    @Test
    void calls_are_found_in_a_template_that_writes_them_only_before_their_results() {
        ChatTemplate template = ChatTemplate.parse("""
                {%- if messages[-1].role == 'assistant' -%}{%- set messages = messages[:-1] -%}{%- endif -%}
                {%- for m in messages -%}
                <{{ m.role }}>{{ m.content }}
                {%- for c in m.tool_calls or [] -%}{{ c.function.name }}{{ c.function.arguments | tojson }}{%- endfor -%}
                {%- endfor -%}
                """, TemplateTokens.none());

        assertThat(template.capabilities().toolCalls()).isTrue();
        assertThat(template.capabilities().parallelToolCalls()).isTrue();
        assertThat(template.capabilities().objectArguments()).isTrue();
    }
}
