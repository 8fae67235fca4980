package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputParserTest {
    private static final OutputSyntax HERMES = OutputSyntax.of("<think></think><tool_call></tool_call>");
    private static final OutputSyntax XML =
            OutputSyntax.of("<tool_call>\\n<function=f>\\n<parameter=a>\\nvalue\\n</parameter>");
    private static final List<ToolDefinition> TOOLS = List.of(
            new ToolDefinition(
                    "edit",
                    "",
                    Map.of(
                            "properties",
                            Map.of(
                                    "text", Map.of("type", "string"),
                                    "count", Map.of("type", "integer"),
                                    "on", Map.of("type", "boolean"),
                                    "either", Map.of("type", List.of("string", "integer"))),
                            "required",
                            List.of("text"))),
            new ToolDefinition("ping", "", Map.of()));

    @Test
    void elements_become_objects_and_lists_as_the_schema_says() {
        ToolDefinition book = new ToolDefinition(
                "book",
                "",
                Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of(
                                "tags", Map.of("type", "array", "items", Map.of("type", "string")),
                                "contact", Map.of("type", "object"),
                                "code", Map.of("type", "string"),
                                "guests", Map.of("type", "integer"))));
        String tags = "~<tags>~<item>7~</item>~<item>~</item>~</tags>";
        String list = "~<contact>~<item>1~</item>~<item>true~</item>~</contact>";
        String contact = "~<contact>~<name>Ann~</name>" + list + "~</contact>";
        String code = "~<code>if a < b: </invoke>~</code>~<guests>4~</guests>";
        String call = "~<tool_call>~<invoke name=\"book\">" + tags + contact + code + "~</invoke>~</tool_call>";
        String marked = call.replace("~", "]<]minimax[>[");

        ParsedOutput output = OutputSyntax.of("]<]minimax[>[<tool_call>").parse(marked, List.of(book), "");

        assertThat(output.flags()).isEmpty();
        assertThat(output.toolCalls().getFirst().arguments())
                .isEqualTo(Map.of(
                        "tags",
                        List.of("7", ""),
                        "contact",
                        Map.of("name", "Ann", "contact", List.of(1L, true)),
                        "code",
                        "if a < b: </invoke>",
                        "guests",
                        4L));
    }

    @Test
    void a_thought_that_is_never_closed_is_reported() {
        ParsedOutput output = HERMES.parse("<think>\nLet me see", TOOLS, "");

        assertThat(output.reasoning()).isEqualTo("Let me see");
        assertThat(output.text()).isEmpty();
        assertThat(output.flags()).containsExactly(OutputFlag.UNFINISHED_REASONING);
        assertThat(output.truncated()).isTrue();
    }

    @Test
    void a_think_tag_in_the_middle_of_the_text_is_text() {
        ParsedOutput output = HERMES.parse("The tag <think> opens a thought, </think> closes it.", TOOLS, "");

        assertThat(output.text()).isEqualTo("The tag <think> opens a thought, </think> closes it.");
        assertThat(output.flags()).isEmpty();
    }

    @Test
    void a_thought_closed_by_the_prompt_leaves_only_text() {
        ParsedOutput output = HERMES.parse("Hello", TOOLS, "<|im_start|>assistant\n<think>\n\n</think>\n\n");

        assertThat(output.reasoning()).isEmpty();
        assertThat(output.text()).isEqualTo("Hello");
    }

    @Test
    void text_before_between_and_after_calls_is_kept() {
        String ping = "<tool_call>\n{\"name\": \"ping\", \"arguments\": {}}\n</tool_call>";
        ParsedOutput output = HERMES.parse("One.\n" + ping + "\nTwo.\n" + ping + "\nThree.", TOOLS, "");

        assertThat(output.text()).isEqualTo("One.\nTwo.\nThree.");
        assertThat(output.toolCalls()).hasSize(2);
    }

    @Test
    void an_unquoted_value_is_no_argument() {
        String raw = "<tool_call>\n{\"name\": \"edit\", \"arguments\": {\"text\": Oslo}}\n</tool_call>";
        ParsedOutput output = HERMES.parse(raw, TOOLS, "");

        assertThat(output.text()).isEqualTo(raw);
        assertThat(output.toolCalls()).isEmpty();
        assertThat(output.flags()).containsExactly(OutputFlag.MALFORMED_TOOL_CALL);
    }

    @Test
    void an_argument_given_twice_leaves_open_which_one_is_meant() {
        String raw =
                "<tool_call>\n{\"name\": \"edit\", \"arguments\": {\"text\": \"a\", \"text\": \"b\"}}\n</tool_call>";
        ParsedOutput output = HERMES.parse(raw, TOOLS, "");

        assertThat(output.text()).isEqualTo(raw);
        assertThat(output.toolCalls()).isEmpty();
        assertThat(output.flags()).containsExactly(OutputFlag.MALFORMED_TOOL_CALL);
    }

    @Test
    void a_call_after_a_broken_one_is_still_found() {
        ParsedOutput output = HERMES.parse(
                "<tool_call>\n<tool_call>\n{\"name\": \"ping\", \"arguments\": {}}\n</tool_call>", TOOLS, "");

        assertThat(output.toolCalls()).extracting(ParsedToolCall::name).containsExactly("ping");
        assertThat(output.text().strip()).isEqualTo("<tool_call>");
    }

    @Test
    void white_space_waits_only_where_a_call_may_follow() {
        OutputParser plain = HERMES.parser(List.of(), "");
        assertThat(plain.accept("One.")).containsExactly(new OutputEvent.Text("One."));
        assertThat(plain.accept("\n\n")).containsExactly(new OutputEvent.Text("\n\n"));

        OutputParser offered = HERMES.parser(TOOLS, "");
        assertThat(offered.accept("One.")).containsExactly(new OutputEvent.Text("One."));
        assertThat(offered.accept("\n\n")).isEmpty();
        assertThat(offered.accept("Two")).containsExactly(new OutputEvent.Text("\n\nTwo"));
    }

    @Test
    void deltas_show_the_arguments_as_they_grow_and_a_broken_call_is_taken_back() {
        OutputParser parser = HERMES.parser(TOOLS, "");
        List<OutputEvent> events =
                new ArrayList<>(parser.accept("<tool_call>{\"name\": \"edit\", \"arguments\": {\"text\": \"a"));
        assertThat(events)
                .containsExactly(
                        new OutputEvent.ToolCallDelta(0, "", "edit", ""),
                        new OutputEvent.ToolCallDelta(0, "", "edit", "{\"text\": \"a"));

        assertThat(parser.accept("\" oops"))
                .containsExactly(
                        new OutputEvent.ToolCallDelta(0, "", "edit", "\" "),
                        new OutputEvent.ToolCallRejected(0),
                        new OutputEvent.Text("<tool_call>{\"name\": \"edit\", \"arguments\": {\"text\": \"a\""),
                        new OutputEvent.Text(" oops"));
    }

    @Test
    void a_cut_off_call_keeps_what_arrived_and_is_not_completed() {
        ParsedOutput output = HERMES.parse("<tool_call>{\"name\": \"edit\", \"arguments\": {\"text\": \"Os", TOOLS, "");

        assertThat(output.toolCalls()).containsExactly(new ParsedToolCall("", "edit", "{\"text\": \"Os", false));
        assertThat(output.flags()).containsExactly(OutputFlag.UNFINISHED_TOOL_CALL);
        assertThatThrownBy(() -> output.toolCalls().getFirst().arguments())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("edit");
    }

    @Test
    void a_call_cut_off_before_its_name_is_text() {
        ParsedOutput output = HERMES.parse("<tool_call>{\"name\": \"ed", TOOLS, "");

        assertThat(output.toolCalls()).isEmpty();
        assertThat(output.text()).isEqualTo("<tool_call>{\"name\": \"ed");
        assertThat(output.truncated()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text   | 12           | \"12\"",
                "text   | {\"a\": 1}   | \"{\\\"a\\\": 1}\"",
                "count  | 12           | 12",
                "on     | true         | true",
                "either | 12           | 12",
                "either | twelve       | \"twelve\"",
                "other  | [1, 2]       | [1, 2]",
                "other  | free text    | \"free text\"",
            })
    void unquoted_values_get_the_type_that_the_schema_gives(String name, String value, String json) {
        ParsedOutput output = XML.parse(
                "<tool_call>\n<function=edit>\n<parameter=" + name + ">\n" + value
                        + "\n</parameter>\n</function>\n</tool_call>",
                TOOLS,
                "");

        assertThat(output.toolCalls())
                .singleElement()
                .satisfies(call -> assertThat(call.argumentsText()).isEqualTo("{\"" + name + "\":" + json + "}"));
    }

    @Test
    void a_python_literal_where_json_is_due_is_translated_and_flagged() {
        ParsedOutput output = XML.parse(
                "<tool_call>\n<function=edit>\n<parameter=on>\nTrue\n</parameter>\n</function>\n</tool_call>",
                TOOLS,
                "");

        assertThat(output.toolCalls().getFirst().arguments()).containsExactly(entry("on", true));
        assertThat(output.flags()).containsExactly(OutputFlag.TRANSLATED_ARGUMENTS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "edit(text='print('hi')')                  | print('hi')",
                "edit(text='it's', count=2)                | it's",
                "edit(text='f(')')')                       | f(')')",
                "edit(text='f('a', end='b')', on=True)     | f('a', end='b')",
                "edit(text='x', 'y'], ping()', count=1)    | x', 'y'], ping()",
                "edit(count=1, text='a 'b')]')             | a 'b')]",
                "edit(text='say 'ping'), then go'), ping() | say 'ping'), then go"
            })
    void quotes_that_a_model_does_not_escape_belong_to_the_text(String calls, String text) {
        OutputSyntax raw = OutputSyntax.of("<|tool_call_start|>{{ \"'\" + value + \"'\" }}");
        String answer = "<|tool_call_start|>[" + calls + "]<|tool_call_end|>";

        ParsedOutput output = raw.parse(answer, TOOLS, "");

        assertThat(output.toolCalls().getFirst().arguments()).containsEntry("text", text);
        assertThat(output.toolCalls()).allMatch(ParsedToolCall::complete);
        assertThat(output.text()).isEmpty();
        assertThat(output.flags()).containsExactly(OutputFlag.UNESCAPED_QUOTES);
        OutputParser byCharacter = raw.parser(TOOLS, "");
        answer.chars().forEach(c -> byCharacter.accept(String.valueOf((char) c)));
        byCharacter.finish();
        assertThat(byCharacter.result()).isEqualTo(output);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "edit(text='print('hi')     | print('hi",
                "edit(text='print('hi'      | print('hi",
                "edit(text='print('         | print(",
                "edit(text='it'             | it"
            })
    void quotes_at_the_end_of_a_cut_answer_end_no_text(String calls, String text) {
        OutputSyntax raw = OutputSyntax.of("<|tool_call_start|>{{ \"'\" + value + \"'\" }}");

        ParsedOutput output = raw.parse("<|tool_call_start|>[" + calls, TOOLS, "");

        assertThat(output.toolCalls()).containsExactly(new ParsedToolCall("", "edit", "{\"text\":\"" + text, false));
        assertThat(output.flags()).contains(OutputFlag.UNFINISHED_TOOL_CALL);
    }

    @Test
    void quotes_end_a_text_where_the_template_escapes_them() {
        OutputSyntax escaped = OutputSyntax.of("<|tool_call_start|>{{ value | tojson }}");
        String answer = "<|tool_call_start|>[edit(text='print('hi')')]<|tool_call_end|>";

        ParsedOutput output = escaped.parse(answer, TOOLS, "");

        assertThat(output.toolCalls()).isEmpty();
        assertThat(output.text()).isEqualTo(answer);
        assertThat(output.flags()).containsExactly(OutputFlag.MALFORMED_TOOL_CALL);
    }

    @Test
    void a_value_of_the_wrong_kind_is_no_argument() {
        String raw = "<tool_call>\n<function=edit>\n<parameter=count>\nfour\n</parameter>\n</function>\n</tool_call>";
        ParsedOutput output = XML.parse(raw, TOOLS, "");

        assertThat(output.toolCalls()).isEmpty();
        assertThat(output.text()).isEqualTo(raw);
    }

    @Test
    void closing_tags_inside_a_value_are_part_of_it() {
        ParsedOutput output = XML.parse(
                "<tool_call>\n<function=edit>\n<parameter=text>\nprint('</parameter>')\n\n</parameter>\n</function>\n</tool_call>",
                TOOLS,
                "");

        assertThat(output.toolCalls().getFirst().arguments()).containsExactly(entry("text", "print('</parameter>')\n"));
    }

    @Test
    void a_call_without_arguments_stands_only_for_tools_that_need_none() {
        assertThat(HERMES.parse("<tool_call>{\"name\": \"ping\"}</tool_call>", TOOLS, ""))
                .satisfies(output -> {
                    assertThat(output.toolCalls().getFirst().arguments()).isEmpty();
                    assertThat(output.flags()).containsExactly(OutputFlag.IMPLIED_ARGUMENTS);
                });
        assertThat(HERMES.parse("<tool_call>{\"name\": \"edit\"}</tool_call>", TOOLS, "")
                        .toolCalls())
                .isEmpty();
    }

    @Test
    void json_that_is_no_call_is_text_also_where_calls_are_bare() {
        OutputSyntax llama = OutputSyntax.of("{\"name\": function name");
        ParsedOutput output = llama.parse("{\"answer\": 42, \"name\": \"ping\"}", TOOLS, "");

        assertThat(output.text()).isEqualTo("{\"answer\": 42, \"name\": \"ping\"}");
        assertThat(output.toolCalls()).isEmpty();
    }

    @Test
    void a_harmony_answer_without_headers_is_text() {
        OutputSyntax harmony = OutputSyntax.of("<|channel|><|message|>");
        ParsedOutput output = harmony.parse("Just text.", TOOLS, "<|start|>assistant");

        assertThat(output.text()).isEqualTo("Just text.");
        assertThat(output.flags()).containsExactly(OutputFlag.UNEXPECTED_FORMAT);
    }

    @Test
    void a_harmony_prompt_that_has_begun_the_final_message_continues_it() {
        OutputSyntax harmony = OutputSyntax.of("<|channel|><|message|>");
        ParsedOutput output = harmony.parse("lo.", TOOLS, "<|start|>assistant<|channel|>final<|message|>Hel");

        assertThat(output.text()).isEqualTo("lo.");
        assertThat(output.flags()).isEmpty();
    }

    @Test
    void a_finished_parser_takes_no_more() {
        OutputParser parser = HERMES.parser(TOOLS, "");
        parser.finish();

        assertThatThrownBy(() -> parser.accept("x")).isInstanceOf(IllegalStateException.class);
        assertThat(parser.finish()).isEmpty();
    }
}
