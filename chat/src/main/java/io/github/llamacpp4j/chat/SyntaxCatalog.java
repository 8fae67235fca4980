package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The known ways to write reasoning and tool calls, each with the traces it leaves in a template. A template may know
 * several; their markers are looked for at once.
 */
final class SyntaxCatalog {
    private static final String TAG_CALL = "<tool_call>";
    private static final String TAG_CALL_END = "</tool_call>";
    private static final String FUNCTION = "<function=";
    private static final String ELEMENT_MARK = "]<]minimax[>[";
    private static final Pattern OWN_LINES =
            Pattern.compile("<parameter=(?:[\\w ]+|['\"]\\s*[+~][^>]{1,80}[+~]\\s*['\"])>(?:\\\\n|\\r?\\n)");
    private static final Pattern RAW_QUOTES = Pattern.compile("\"'\"\\s*[+~]\\s*\\w+\\s*[+~]\\s*\"'\"");
    private static final Pattern SUFFIX = Pattern.compile("set HYTK = '([^'{}<>]{0,40})'");

    private final String template;
    private final List<ReasoningTags> reasoning = new ArrayList<>();
    private final List<ToolBlock> blocks = new ArrayList<>();
    private final List<ToolSyntax> bare = new ArrayList<>();
    private final List<String> textOpeners = new ArrayList<>();
    private final List<String> silent = new ArrayList<>();
    private String wrapOpen = "";
    private String wrapClose = "";
    private String primer = "";

    private SyntaxCatalog(String template) {
        this.template = template;
    }

    static SyntaxRules recognise(String template) {
        SyntaxCatalog catalog = new SyntaxCatalog(template);
        if (catalog.has("<|channel|>", "<|message|>")) {
            return channels(List.of("<|end|>", "<|call|>", "<|return|>"), "", catalog.harmonyCall());
        }
        if (catalog.has("<atem:function_calls>", "<|eom|>")) {
            ToolSyntax calls = invocation("<atem:", "</atem:", "</atem:function_calls>");
            return channels(List.of("<|eom|>", "<|eot|>"), "<atem:function_calls>", calls);
        }
        catalog.reasoning();
        catalog.wrappers();
        catalog.controlTokenCalls();
        catalog.textTagCalls();
        catalog.bareCalls();
        return new SyntaxRules(
                new TagSyntax(
                        catalog.reasoning,
                        catalog.blocks,
                        catalog.bare,
                        catalog.textOpeners,
                        catalog.silent,
                        catalog.wrapOpen,
                        catalog.wrapClose,
                        catalog.primer),
                null);
    }

    private static SyntaxRules channels(List<String> ends, String bodyOpen, ToolSyntax body) {
        TagSyntax none = new TagSyntax(List.of(), List.of(), List.of(), List.of(), List.of(), "", "", "");
        return new SyntaxRules(none, new ChannelSyntax(ends, bodyOpen, body));
    }

    private boolean has(String... traces) {
        for (String trace : traces) {
            if (!template.contains(trace)) {
                return false;
            }
        }
        return true;
    }

    private boolean hasAny(String... traces) {
        for (String trace : traces) {
            if (template.contains(trace)) {
                return true;
            }
        }
        return false;
    }

    private void reasoning() {
        tags("<think>", "</think>", false);
        tags("<thinking>", "</thinking>", false);
        tags("<seed:think>", "</seed:think>", false);
        tags("<mm:think>", "</mm:think>", false);
        tags("[THINK]", "[/THINK]", true);
        tags("<|START_THINKING|>", "<|END_THINKING|>", true);
        tags("<|inner_prefix|>", "<|inner_suffix|>", true);
        tags("<|begin_of_thought|>", "<|end_of_thought|>", true);
        if (has("<|channel>", "<channel|>")) {
            reasoning.add(new ReasoningTags("<|channel>thought", "<channel|>", true));
            silent.addAll(List.of("<channel|>", "<|tool_response>"));
        }
        if (has("[BEGIN FINAL RESPONSE]")) {
            reasoning.add(new ReasoningTags("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]", false));
        }
        if (has("<|open|>", "<|close|>", "<|sep|>")) {
            reasoning.add(new ReasoningTags("<|open|>think<|sep|>", "<|close|>think<|sep|>", true));
        }
        if (has("<|think|>", "<|tool_calls|>")) {
            reasoning.add(new ReasoningTags("<|think|>", "<|end|>", true));
        }
        hunyuanSuffix(
                suffix -> reasoning.add(new ReasoningTags("<think" + suffix + '>', "</think" + suffix + '>', false)));
    }

    private void tags(String open, String close, boolean anywhere) {
        if (hasAny(open, close)) {
            reasoning.add(new ReasoningTags(open, close, anywhere));
        }
    }

    private void hunyuanSuffix(java.util.function.Consumer<String> use) {
        Matcher matcher = SUFFIX.matcher(template);
        if (matcher.find()) {
            use.accept(matcher.group(1));
        }
    }

    private void wrappers() {
        for (String kind : List.of("TEXT", "RESPONSE")) {
            if (has("<|START_" + kind + "|>")) {
                textOpeners.add("<|START_" + kind + "|>");
                silent.add("<|END_" + kind + "|>");
            }
        }
        if (has("<response>", "</response>")) {
            wrapOpen = "<response>";
            wrapClose = "</response>";
        }
        if (has("<|open|>", "<|close|>", "<|sep|>")) {
            textOpeners.add("<|open|>response<|sep|>");
            silent.addAll(List.of("<|close|>response<|sep|>", "<|close|>message<|sep|>", "<|end_of_msg|>"));
        }
        if (has("<|think|>", "<|tool_calls|>")) {
            textOpeners.add("<|content|>");
            silent.addAll(List.of("<|begin|>assistant", "<|end|>", "<|calls|>"));
        }
        if (has("<role>ASSISTANT</role>")) {
            silent.add("<|role_end|>");
        }
    }

    private void controlTokenCalls() {
        block("<|tools_prefix|>", new ToolSyntax.Json("<|tools_suffix|>", true, false));
        block("<|START_ACTION|>", json("<|END_ACTION|>"));
        block("<|tool_call|>", json("<|/tool_call|>"));
        block("<|function_call|>", json(""));
        if (has("<|role_sep|>", "<|message_sep|>") && !has("<|function_call|>")) {
            blocks.add(ToolBlock.of("<|message_sep|>\n\nfunction call<|role_sep|>\n", true, json("")));
            silent.add("<|message_sep|>");
        }
        if (has("[TOOL_CALLS]")) {
            List<String> ends = List.of("[ARGS]");
            ToolSyntax named = new ToolSyntax.Named("", ends, "", "[CALL_ID]", ends, ValueScanner.Dialect.JSON, "", "");
            blocks.add(ToolBlock.of("[TOOL_CALLS]", true, json("[/TOOL_CALLS]"), named));
        }
        deepSeekCalls();
        kimiCalls();
        if (hasAny("<|tool_list_start|>", "<|tool_call_start|>", "List of tools: [")) {
            String end = "<|tool_call_end|>";
            blocks.add(ToolBlock.of(
                    "<|tool_call_start|>",
                    true,
                    json(end),
                    new ToolSyntax.Python(end, RAW_QUOTES.matcher(template).find())));
        }
        if (has("<|tool_call>call:")) {
            String open = "<|tool_call>call:";
            keptBlock(open, true, named(open, List.of(), "", ValueScanner.Dialect.GEMMA, "<tool_call|>", ""));
        }
        if (has("<|tool_call:begin|>", "<|tool_call:args|>")) {
            ToolSyntax calls = new ToolSyntax.Named(
                    "<|tool_call:begin|>",
                    List.of("<|tool_call:args|>"),
                    "<|tool_call:name|>",
                    "",
                    List.of("<|tool_call:args|>"),
                    ValueScanner.Dialect.JSON,
                    "<|tool_call:end|>",
                    "<|calls|>");
            blocks.add(ToolBlock.of("<|tool_calls|>", true, calls));
        }
        if (has("<|python_tag|>")) {
            blocks.add(ToolBlock.of("<|python_tag|>", true, json(""), new ToolSyntax.Python("", false)));
        }
    }

    private void deepSeekCalls() {
        if (has("<｜tool▁call▁begin｜>")) {
            String separator = "<｜tool▁sep｜>";
            ToolSyntax calls = named(
                    "<｜tool▁call▁begin｜>",
                    List.of(separator, "\n", "```"),
                    separator,
                    ValueScanner.Dialect.JSON,
                    "<｜tool▁call▁end｜>",
                    "<｜tool▁calls▁end｜>");
            blocks.add(ToolBlock.of("<｜tool▁calls▁begin｜>", true, calls));
            keptBlock("<｜tool▁call▁begin｜>", true, calls);
        }
        if (has("DSML")) {
            for (String name : List.of("tool_calls", "function_calls")) {
                String end = "</｜DSML｜" + name + '>';
                blocks.add(ToolBlock.of("<｜DSML｜" + name + '>', true, invocation("<｜DSML｜", "</｜DSML｜", end)));
            }
        }
    }

    private void kimiCalls() {
        if (has("<|tool_call_begin|>", "<|tool_call_argument_begin|>")) {
            String separator = "<|tool_call_argument_begin|>";
            ToolSyntax calls = named(
                    "<|tool_call_begin|>",
                    List.of(separator),
                    separator,
                    ValueScanner.Dialect.JSON,
                    "<|tool_call_end|>",
                    "<|tool_calls_section_end|>");
            blocks.add(ToolBlock.of("<|tool_calls_section_begin|>", true, calls));
            keptBlock("<|tool_call_begin|>", true, calls);
        }
        if (has("<|open|>", "<|close|>", "<|sep|>")) {
            ToolSyntax calls = new ToolSyntax.Tagged(
                    "<|open|>call tool=\"",
                    "\"",
                    "<|sep|>",
                    "<|open|>json type=\"object\"<|sep|>",
                    "<|close|>json<|sep|>",
                    "<|open|>argument key=\"",
                    "\"",
                    "",
                    "<|close|>argument<|sep|>",
                    "<|close|>call<|sep|>",
                    "<|close|>tools<|sep|>",
                    false,
                    false);
            blocks.add(ToolBlock.of("<|open|>tools<|sep|>", true, calls));
        }
    }

    private void textTagCalls() {
        boolean functions = has(FUNCTION);
        boolean keys = has("<arg_key>");
        if (has(ELEMENT_MARK)) {
            blocks.add(ToolBlock.of(
                    ELEMENT_MARK + TAG_CALL, true, new ToolSyntax.Elements(ELEMENT_MARK, ELEMENT_MARK + TAG_CALL_END)));
        } else if (hasAny(TAG_CALL, TAG_CALL_END)) {
            List<ToolSyntax> syntaxes = new ArrayList<>();
            syntaxes.add(function(TAG_CALL_END));
            syntaxes.add(json(TAG_CALL_END));
            if (keys) {
                syntaxes.add(
                        keyValue("", "", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", TAG_CALL_END, ""));
            }
            blocks.add(new ToolBlock(TAG_CALL, TAG_CALL.length(), syntaxes, functions || keys));
        }
        if (has("<seed:tool_call>")) {
            blocks.add(ToolBlock.of("<seed:tool_call>", true, function("</seed:tool_call>")));
        }
        if (functions) {
            keptBlock(FUNCTION, false, function(TAG_CALL_END));
        }
        if (has("<minimax:tool_call>")) {
            blocks.add(ToolBlock.of("<minimax:tool_call>", true, invocation("<", "</", "</minimax:tool_call>")));
        }
        if (has("<function name=\"", "<param name=\"")) {
            keptBlock(
                    "<function name=\"",
                    false,
                    new ToolSyntax.Tagged(
                            "<function name=\"",
                            "\"",
                            ">",
                            "",
                            "",
                            "<param name=\"",
                            "\"",
                            "",
                            "</param>",
                            "</function>",
                            "",
                            false,
                            true));
        }
        jsonTag("<tool_calls>", "</tool_calls>");
        jsonTag("<TOOLCALL>", "</TOOLCALL>");
        jsonTag("<toolcall>", "</toolcall>");
        jsonTag("<function_call>", "</function_call>");
        hunyuanSuffix(this::hunyuanCalls);
        if (has("functools")) {
            blocks.add(new ToolBlock("functools[", "functools".length(), List.of(json("")), false));
        }
        if (has("Action:", "tool_name")) {
            blocks.add(ToolBlock.of("Action:", false, json("")));
        }
        if (has(">>>all", ">>>${recipient}")) {
            silent.add(">>>all\n");
            ToolSyntax calls = named("", List.of("\n"), "", ValueScanner.Dialect.JSON, "", "");
            blocks.add(ToolBlock.of(">>>", false, calls));
            primer = ">>>";
        }
    }

    private void hunyuanCalls(String suffix) {
        ToolSyntax calls = keyValue(
                "<tool_call" + suffix + '>',
                "<tool_sep" + suffix + '>',
                "<arg_key" + suffix + '>',
                "</arg_key" + suffix + '>',
                "<arg_value" + suffix + '>',
                "</arg_value" + suffix + '>',
                "</tool_call" + suffix + '>',
                "</tool_calls" + suffix + '>');
        blocks.add(ToolBlock.of("<tool_calls" + suffix + '>', true, calls));
    }

    /** Calls without a marker: Llama 3's JSON, Pythonic lists, and what a model does that was never told how. */
    private void bareCalls() {
        if (hasAny("[func_name1(", "func_name(params")) {
            bare.add(new ToolSyntax.Python("", false));
        }
        boolean told = hasAny("{\"name\": function name", "<|python_tag|>");
        if (told || (blocks.isEmpty() && bare.isEmpty())) {
            bare.add(new ToolSyntax.Json("", false, true));
        }
    }

    private void block(String marker, ToolSyntax syntax) {
        if (has(marker)) {
            blocks.add(ToolBlock.of(marker, true, syntax));
        }
    }

    private void jsonTag(String open, String close) {
        if (hasAny(open, close)) {
            blocks.add(ToolBlock.of(open, false, json(close)));
        }
    }

    /** A block without a marker of its own: it begins with the first call. */
    private void keptBlock(String marker, boolean endsReasoning, ToolSyntax syntax) {
        blocks.add(new ToolBlock(marker, 0, List.of(syntax), endsReasoning));
    }

    private static ToolSyntax json(String end) {
        return new ToolSyntax.Json(end, false, false);
    }

    private static ToolSyntax named(
            String open,
            List<String> nameEnds,
            String separator,
            ValueScanner.Dialect dialect,
            String close,
            String end) {
        List<String> fillers = separator.isEmpty() ? List.of("```json", "```") : List.of(separator, "```json", "```");
        return new ToolSyntax.Named(open, nameEnds, "", "", fillers, dialect, close, end);
    }

    private ToolSyntax harmonyCall() {
        return named("", List.of(), "", ValueScanner.Dialect.JSON, "", "");
    }

    private ToolSyntax function(String end) {
        boolean ownLines = OWN_LINES.matcher(template).find();
        return new ToolSyntax.Tagged(
                FUNCTION, ">", "", "", "", "<parameter=", ">", "", "</parameter>", "</function>", end, ownLines, false);
    }

    private static ToolSyntax invocation(String open, String close, String end) {
        return new ToolSyntax.Tagged(
                open + "invoke name=\"",
                "\"",
                ">",
                "",
                "",
                open + "parameter name=\"",
                "\"",
                "",
                close + "parameter>",
                close + "invoke>",
                end,
                false,
                false);
    }

    private static ToolSyntax keyValue(
            String callOpen,
            String nameEnd,
            String keyOpen,
            String keyClose,
            String valueOpen,
            String valueClose,
            String callClose,
            String end) {
        return new ToolSyntax.Tagged(
                callOpen, nameEnd, "", "", "", keyOpen, keyClose, valueOpen, valueClose, callClose, end, false, false);
    }
}
