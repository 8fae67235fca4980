package io.github.llamacpp4j.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One answer per family of syntax, with the traces that its templates hold. Runs without any corpus. */
@SuppressWarnings("StringConcatToTextBlock") // the line feeds are part of the syntax that is shown
class OutputFamiliesTest {
    static final List<ToolDefinition> TOOLS = List.of(
            new ToolDefinition(
                    "get_weather",
                    "Weather of a city",
                    Map.of(
                            "type",
                            "object",
                            "properties",
                            Map.of("city", Map.of("type", "string"), "days", Map.of("type", "integer")),
                            "required",
                            List.of("city"))),
            new ToolDefinition("current_time", "", Map.of()));

    /** The answer says "Hm." in thought where it can, then "Sure." where it can, then asks for Oslo and 2 days. */
    record Family(String name, String template, String generationPrompt, String output, String reasoning, String text) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Family> families() {
        return Stream.of(
                new Family(
                        "Hermes",
                        "<think></think><tool_call>{\"name\": </tool_call>",
                        "<|im_start|>assistant\n",
                        "<think>\nHm.\n</think>\n\nSure.\n<tool_call>\n"
                                + "{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 2}}\n</tool_call>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "arguments before the name, as a string, with an id",
                        "<tool_call>",
                        "",
                        "Sure.<tool_call>{\"id\": \"1\", \"arguments\": \"{\\\"city\\\": \\\"Oslo\\\", \\\"days\\\": 2}\","
                                + " \"name\": \"get_weather\"}</tool_call>",
                        "",
                        "Sure."),
                new Family(
                        "Qwen3-Coder",
                        "<think>\\n<tool_call>\\n<function=f>\\n<parameter=a>\\nvalue",
                        "<think>\n",
                        "Hm.\n</think>\n\nSure.\n\n<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n"
                                + "<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Qwen3-Coder without the outer tag",
                        "<tool_call>\\n<function=f>\\n<parameter=a>\\nvalue",
                        "",
                        "Sure.\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n"
                                + "<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>",
                        "",
                        "Sure."),
                new Family(
                        "a call before the thought is closed",
                        "<think>\\n<tool_call>\\n<function=f>\\n<parameter=a>\\nvalue",
                        "<think>\n",
                        "Hm.\n<tool_call>\n<function=get_weather>\n<parameter=city>\nOslo\n</parameter>\n"
                                + "<parameter=days>\n2\n</parameter>\n</function>\n</tool_call>",
                        "Hm.",
                        ""),
                new Family(
                        "Functionary 3.1",
                        "<function=example>{}</function>",
                        "",
                        "Sure.<function=get_weather>{\"city\": \"Oslo\", \"days\": 2}</function>",
                        "",
                        "Sure."),
                new Family(
                        "Functionary 3.2",
                        ">>>all >>>${recipient}",
                        "assistant<|end_header_id|>\n\n>>>",
                        "all\nSure.>>>get_weather\n{\"city\": \"Oslo\", \"days\": 2}",
                        "",
                        "Sure."),
                new Family(
                        "GLM",
                        "<think></think><tool_call><arg_key>",
                        "<|assistant|><think>",
                        "Hm.</think>Sure.<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Oslo</arg_value>\n"
                                + "<arg_key>days</arg_key><arg_value>2</arg_value></tool_call>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Hunyuan",
                        "{%- set HYTK = ':opensource' %}",
                        "<think:opensource>",
                        "Hm.</think:opensource>Sure.<tool_calls:opensource>\n<tool_call:opensource>get_weather<tool_sep:opensource>\n"
                                + "<arg_key:opensource>city</arg_key:opensource>\n<arg_value:opensource>Oslo</arg_value:opensource>\n"
                                + "<arg_key:opensource>days</arg_key:opensource>\n<arg_value:opensource>2</arg_value:opensource>\n"
                                + "</tool_call:opensource>\n</tool_calls:opensource>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Llama 3",
                        "{\"name\": function name, \"parameters\": dictionary}",
                        "",
                        "{\"type\": \"function\", \"name\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\", \"days\": 2}}",
                        "",
                        ""),
                new Family(
                        "Llama 3, python tag",
                        "<|python_tag|>",
                        "",
                        "<|python_tag|>get_weather.call(city=\"Oslo\", days=2)",
                        "",
                        ""),
                new Family(
                        "Llama 4, Pythonic",
                        "[func_name1(params_name1=params_value1)]",
                        "",
                        "[get_weather(city='Oslo', days=2)]",
                        "",
                        ""),
                new Family(
                        "Mistral",
                        "[TOOL_CALLS][THINK][/THINK]",
                        "",
                        "[THINK]Hm.[/THINK]Sure.[TOOL_CALLS][{\"name\": \"get_weather\", "
                                + "\"arguments\": {\"city\": \"Oslo\", \"days\": 2}, \"id\": \"abcdefghi\"}]",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Mistral with named calls",
                        "[TOOL_CALLS][ARGS][CALL_ID]",
                        "",
                        "Sure.[TOOL_CALLS]get_weather[CALL_ID]abcdefghi[ARGS]{\"city\": \"Oslo\", \"days\": 2}",
                        "",
                        "Sure."),
                new Family(
                        "DeepSeek R1",
                        "</think><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>",
                        "<think>\n",
                        "Hm.\n</think>\n\nSure.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n"
                                + "```json\n{\"city\": \"Oslo\", \"days\": 2}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "DeepSeek V3.2",
                        "</think> DSML function_calls",
                        "<think>",
                        "Hm.</think>Sure.\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"get_weather\">\n"
                                + "<｜DSML｜parameter name=\"city\" string=\"true\">Oslo</｜DSML｜parameter>\n"
                                + "<｜DSML｜parameter name=\"days\" string=\"false\">2</｜DSML｜parameter>\n"
                                + "</｜DSML｜invoke>\n</｜DSML｜function_calls>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Kimi K2",
                        "<think><|tool_call_begin|><|tool_call_argument_begin|>",
                        "",
                        "<think>Hm.</think>Sure.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0"
                                + "<|tool_call_argument_begin|>{\"city\": \"Oslo\", \"days\": 2}<|tool_call_end|><|tool_calls_section_end|>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Kimi K3",
                        "<|open|><|close|><|sep|>",
                        "<|open|>message role=\"assistant\"<|sep|><|open|>think<|sep|>",
                        "Hm.<|close|>think<|sep|><|open|>response<|sep|>Sure.<|close|>response<|sep|><|open|>tools<|sep|>"
                                + "<|open|>call tool=\"get_weather\" index=\"0\"<|sep|>"
                                + "<|open|>argument key=\"city\" type=\"string\"<|sep|>Oslo<|close|>argument<|sep|>"
                                + "<|open|>argument key=\"days\" type=\"number\"<|sep|>2<|close|>argument<|sep|>"
                                + "<|close|>call<|sep|><|close|>tools<|sep|><|close|>message<|sep|><|end_of_msg|>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Kimi K3 with the arguments in one object",
                        "<|open|><|close|><|sep|>",
                        "<|open|>message role=\"assistant\"<|sep|><|open|>think<|sep|>",
                        "Hm.<|close|>think<|sep|><|open|>response<|sep|>Sure.<|close|>response<|sep|><|open|>tools<|sep|>"
                                + "<|open|>call tool=\"get_weather\" index=\"1\"<|sep|><|open|>json type=\"object\"<|sep|>"
                                + "{\"city\": \"Oslo\", \"days\": 2}<|close|>json<|sep|><|close|>call<|sep|><|close|>tools<|sep|>"
                                + "<|close|>message<|sep|><|end_of_msg|>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "MiniMax M3",
                        "<mm:think></mm:think><tool_call>]<]minimax[>[",
                        "]~b]ai\n",
                        "<mm:think>Hm.</mm:think>Sure.]<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name=\"get_weather\">"
                                + "]<]minimax[>[<city>Oslo]<]minimax[>[</city>]<]minimax[>[<days>2]<]minimax[>[</days>"
                                + "]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Command R7B",
                        "<|START_THINKING|><|START_RESPONSE|><|START_ACTION|>",
                        "<|CHATBOT_TOKEN|>",
                        "<|START_THINKING|>Hm.<|END_THINKING|><|START_ACTION|>[\n"
                                + "{\"tool_call_id\": \"0\", \"tool_name\": \"get_weather\", \"parameters\": {\"city\": \"Oslo\", \"days\": 2}}\n]"
                                + "<|END_ACTION|>",
                        "Hm.",
                        ""),
                new Family(
                        "Gemma 4",
                        "<|channel><channel|>'<|tool_call>call:'",
                        "<|turn>model\n",
                        "<|channel>thought\nHm.\n<channel|>Sure.<|tool_call>call:get_weather{city:<|\"|>Oslo<|\"|>,days:2}<tool_call|>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "gpt-oss",
                        "<|channel|><|message|>",
                        "<|start|>assistant",
                        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary<|message|>Sure.<|end|>"
                                + "<|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>"
                                + "{\"city\": \"Oslo\", \"days\": 2}<|call|>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Muse",
                        "<atem:function_calls><|eom|>",
                        "<|start|>assistant",
                        " to=self<|message|>Hm.<|eom|><|start|>assistant to=user<|message|>Sure.<|eom|><|start|>assistant "
                                + "to=get_weather<|message|><atem:function_calls>\n<atem:invoke name=\"get_weather\">\n"
                                + "<atem:parameter name=\"city\">Oslo</atem:parameter>\n"
                                + "<atem:parameter name=\"days\">2</atem:parameter>\n</atem:invoke>\n</atem:function_calls>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "MiniMax M2",
                        "<think></think><minimax:tool_call>",
                        "<think>\n",
                        "Hm.\n</think>\n\nSure.\n<minimax:tool_call>\n<invoke name=\"get_weather\">\n"
                                + "<parameter name=\"city\">Oslo</parameter>\n<parameter name=\"days\">2</parameter>\n"
                                + "</invoke>\n</minimax:tool_call>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "MiniCPM 5",
                        "<think></think><function name=\"x\"><param name=\"y\">",
                        "<think>\n",
                        "Hm.\n</think>\n\nSure.\n<function name=\"get_weather\"><param name=\"city\"><![CDATA[Oslo]]></param>"
                                + "<param name=\"days\">2</param></function>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "LFM2",
                        "<|tool_list_start|>",
                        "",
                        "Sure.<|tool_call_start|>[get_weather(city='Oslo', days=2)]<|tool_call_end|>",
                        "",
                        "Sure."),
                new Family(
                        "Apertus",
                        "<|tools_prefix|><|inner_prefix|>",
                        "",
                        "<|inner_prefix|>Hm.<|inner_suffix|>Sure.<|tools_prefix|>[{\"get_weather\": {\"city\": \"Oslo\", \"days\": 2}}]<|tools_suffix|>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Nemotron",
                        "<think><TOOLCALL>",
                        "<think>\n",
                        "Hm.\n</think>Sure.<TOOLCALL>[{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 2}}]</TOOLCALL>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Apriel 1.6",
                        "[BEGIN FINAL RESPONSE]<tool_calls>",
                        "<|begin_assistant|>\nHere are my reasoning steps:\n",
                        "Hm.\n[BEGIN FINAL RESPONSE]\nSure.\n<tool_calls>[{\"name\": \"get_weather\", "
                                + "\"arguments\": {\"city\": \"Oslo\", \"days\": 2}}]</tool_calls>",
                        "Hm.",
                        "Sure."),
                new Family(
                        "Solar",
                        "<|think|><|tool_calls|><|tool_call:begin|><|tool_call:args|>",
                        "<|begin|>assistant",
                        "<|think|>Hm.<|end|><|begin|>assistant<|tool_calls|><|tool_call:begin|>id0<|tool_call:name|>get_weather"
                                + "<|tool_call:args|>{\"city\": \"Oslo\", \"days\": 2}<|tool_call:end|><|calls|>",
                        "Hm.",
                        ""),
                new Family(
                        "no syntax of its own",
                        "<start_of_turn>",
                        "",
                        "{\"tool_call\": {\"name\": \"get_weather\", \"arguments\": {\"city\": \"Oslo\", \"days\": 2}}}",
                        "",
                        ""));
    }

    @ParameterizedTest
    @MethodSource("families")
    void reasoning_text_and_call_are_told_apart(Family family) {
        ParsedOutput output =
                OutputSyntax.of(family.template()).parse(family.output(), TOOLS, family.generationPrompt());

        assertThat(output.reasoning().strip()).isEqualTo(family.reasoning());
        assertThat(output.text().strip()).isEqualTo(family.text());
        assertThat(output.flags()).isEmpty();
        assertThat(output.toolCalls()).singleElement().satisfies(call -> {
            assertThat(call.name()).isEqualTo("get_weather");
            assertThat(call.complete()).isTrue();
            assertThat(call.arguments()).isEqualTo(Map.of("city", "Oslo", "days", 2L));
        });
    }

    @ParameterizedTest
    @MethodSource("families")
    void every_beginning_of_the_answer_shows_only_what_comes(Family family) {
        OutputSyntax syntax = OutputSyntax.of(family.template());
        ParsedOutput whole = syntax.parse(family.output(), TOOLS, family.generationPrompt());
        for (int end = 0; end <= family.output().length(); end++) {
            OutputParser parser = syntax.parser(TOOLS, family.generationPrompt());
            parser.accept(family.output().substring(0, end));
            ParsedOutput soFar = parser.result();
            assertThat(whole.reasoning()).startsWith(soFar.reasoning());
            assertThat(whole.text()).startsWith(soFar.text());
            soFar.toolCalls()
                    .forEach(call -> assertThat(whole.toolCalls().getFirst().argumentsText())
                            .startsWith(call.argumentsText()));
            parser.finish();
            assertThat(parser.result().toolCalls().stream().filter(ParsedToolCall::complete))
                    .allMatch(whole.toolCalls()::contains);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void a_tool_that_was_not_offered_comes_back_as_text(Family family) {
        String output = family.output().replace("get_weather", "get_wether");

        ParsedOutput parsed = OutputSyntax.of(family.template()).parse(output, TOOLS, family.generationPrompt());

        assertThat(parsed.toolCalls()).isEmpty();
        assertThat(parsed.text()).contains("get_wether").contains("Oslo");
        assertThat(parsed.flags()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("families")
    void without_tools_there_are_no_calls_and_nothing_is_lost(Family family) {
        ParsedOutput parsed =
                OutputSyntax.of(family.template()).parse(family.output(), List.of(), family.generationPrompt());

        assertThat(parsed.toolCalls()).isEmpty();
        assertThat(parsed.reasoning() + parsed.text()).contains("Oslo");
        assertThat(parsed.reasoning().strip()).startsWith(family.reasoning());
    }
}
