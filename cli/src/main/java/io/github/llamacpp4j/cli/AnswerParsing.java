package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatJson;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.ChatTemplateOptions;
import io.github.llamacpp4j.chat.OutputFlag;
import io.github.llamacpp4j.chat.OutputParser;
import io.github.llamacpp4j.chat.OutputSyntax;
import io.github.llamacpp4j.chat.ParsedOutput;
import io.github.llamacpp4j.chat.ParsedToolCall;
import io.github.llamacpp4j.chat.TemplateTokens;
import io.github.llamacpp4j.chat.ToolDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes models' answers apart, one per line: {@code {"template_file":…|"template":…,"raw_output":…,
 * "generation_prompt":…,"tools":[…],"enable_thinking":…,"final":…}}. {@code final} tells whether the answer has ended,
 * which is the default. Without {@code generation_prompt} the template is rendered to find it.
 */
final class AnswerParsing implements JsonLines.Handler {
    private static final int MAX_SYNTAXES = 128;

    private final Map<String, OutputSyntax> syntaxes = new LinkedHashMap<>();

    @Override
    public void answer(ObjectNode request, ObjectNode answer) {
        String template = template(request);
        List<ToolDefinition> tools = tools(request);
        String prompt = request.hasNonNull("generation_prompt")
                ? text(request, "generation_prompt")
                : generationPrompt(template, tools, flag(request, "enable_thinking"));
        OutputParser parser = syntax(template).parser(tools, prompt);
        parser.accept(text(request, "raw_output"));
        if (flag(request, "final")) {
            parser.finish();
        }
        write(parser.result(), answer);
    }

    private static String template(ObjectNode request) {
        return request.has("template")
                ? text(request, "template")
                : TemplateRendering.read(text(request, "template_file"));
    }

    private OutputSyntax syntax(String template) {
        if (syntaxes.size() >= MAX_SYNTAXES) {
            syntaxes.clear();
        }
        return syntaxes.computeIfAbsent(template, OutputSyntax::of);
    }

    private static String generationPrompt(String template, List<ToolDefinition> tools, boolean thinking) {
        try {
            return ChatTemplate.parse(template, TemplateTokens.none())
                    .render(
                            List.of(ChatMessage.user("Hello")),
                            ChatTemplateOptions.builder()
                                    .tools(tools)
                                    .enableThinking(thinking)
                                    .build())
                    .generationPrompt();
        } catch (ChatException e) {
            throw new CommandFailure(
                    "request", "expected \"generation_prompt\", which cannot be found by rendering: " + e.getMessage());
        }
    }

    private static List<ToolDefinition> tools(ObjectNode request) {
        try {
            return ChatJson.tools(Json.MAPPER.treeToValue(request.get("tools"), Object.class));
        } catch (ChatException e) {
            throw new CommandFailure("request", String.valueOf(e.getMessage()));
        }
    }

    private static String text(ObjectNode request, String name) {
        JsonNode node = request.get(name);
        if (node != null && node.isString()) {
            return node.asString();
        }
        throw new CommandFailure(
                "request",
                "expected a string \"" + name + "\", found "
                        + (node == null ? "none" : node.getNodeType().toString()));
    }

    private static boolean flag(ObjectNode request, String name) {
        JsonNode node = request.get(name);
        if (node == null || node.isNull()) {
            return true;
        }
        if (!node.isBoolean()) {
            throw new CommandFailure(
                    "request", "expected true or false as \"" + name + "\", found " + node.getNodeType());
        }
        return node.asBoolean();
    }

    private static void write(ParsedOutput output, ObjectNode answer) {
        answer.put("reasoning_content", output.reasoning());
        answer.put("content", output.text());
        ArrayNode calls = answer.putArray("tool_calls");
        for (ParsedToolCall call : output.toolCalls()) {
            ObjectNode node = calls.addObject();
            if (!call.id().isEmpty()) {
                node.put("id", call.id());
            }
            node.put("name", call.name());
            node.set("arguments", call.complete() ? Json.EXACT.readTree(call.argumentsText()) : Json.MAPPER.nullNode());
            node.put("arguments_text", call.argumentsText());
            node.put("complete", call.complete());
        }
        ArrayNode flags = answer.putArray("flags");
        for (OutputFlag flag : output.flags()) {
            flags.add(flag.name().toLowerCase(Locale.ROOT));
        }
    }
}
