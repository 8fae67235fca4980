package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.template.TemplateException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how a template writes tool calls by rendering some. What was found counts only if the template's own parser reads
 * the calls back.
 */
final class CallProbe {
    private static final String NAME = "qlorf_name";
    private static final String OTHER_NAME = "qlorf_other";
    private static final String KEY = "qlorf_key";
    private static final String VALUE = "Qlorfvalue";
    private static final String TEXT = "Qlorftext";
    private static final ToolDefinition TOOL = tool(NAME);
    private static final ToolDefinition OTHER_TOOL = tool(OTHER_NAME);
    private static final List<ToolDefinition> TOOLS = List.of(TOOL, OTHER_TOOL);
    private static final ToolCall CALL = new ToolCall(CallPattern.ID, NAME, Map.of(KEY, VALUE));
    private static final ToolCall OTHER_CALL = new ToolCall(CallPattern.ID, OTHER_NAME, Map.of(KEY, VALUE));

    private final TemplateRenderer renderer;
    private final MessageContext.Shape shape;
    private final OutputSyntax syntax;
    private final ChatTemplateOptions options;

    CallProbe(TemplateRenderer renderer, MessageContext.Shape shape, OutputSyntax syntax) {
        this.renderer = renderer;
        this.shape = shape;
        this.syntax = syntax;
        options = ChatTemplateOptions.builder().tools(TOOLS).build();
    }

    private static ToolDefinition tool(String name) {
        return new ToolDefinition(
                name,
                "Qlorf tool.",
                Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of(KEY, Map.of("type", "string", "description", "Qlorf key.")),
                        "required",
                        List.of(KEY)));
    }

    /** The pattern; empty if the template's calls do not have that form. */
    Optional<CallPattern> run() {
        try {
            return find();
        } catch (TemplateException e) {
            return Optional.empty();
        }
    }

    /** What stands between the generation prompt and the text of a plain answer. */
    String textOpener() {
        String answer = answer(new ChatMessage.AssistantMessage(TEXT, "", List.of()));
        int text = answer.indexOf(TEXT);
        return text < 0 ? "" : answer.substring(0, text);
    }

    private Optional<CallPattern> find() {
        String end = turnEnd();
        String one = withoutEnd(answer(calling(CALL)), end);
        int name = one.indexOf(NAME);
        Json arguments = name < 0 ? null : json(one, name + NAME.length());
        if (arguments == null) {
            return Optional.empty();
        }
        String open = one.substring(0, name);
        String middle = one.substring(name + NAME.length(), arguments.start());
        String close = one.substring(arguments.end());
        CallPattern single = new CallPattern(open, middle, close, null, open.endsWith("\""));
        if (!reads(one, CALL)) {
            return Optional.empty();
        }
        return Optional.of(joiner(single, end).orElse(single));
    }

    private Optional<CallPattern> joiner(CallPattern single, String end) {
        String two;
        try {
            two = withoutEnd(answer(calling(CALL, OTHER_CALL)), end);
        } catch (TemplateException e) {
            return Optional.empty();
        }
        String first = single.open() + NAME + single.middle();
        Json arguments = two.startsWith(first) ? json(two, first.length()) : null;
        int other = arguments == null ? -1 : two.indexOf(OTHER_NAME, arguments.end());
        if (arguments == null || other < 0) {
            return Optional.empty();
        }
        String joiner = two.substring(arguments.end(), other);
        String last = OTHER_NAME + single.middle() + two.substring(arguments.start(), arguments.end()) + single.close();
        boolean regular = two.substring(other).equals(last) && reads(two, CALL, OTHER_CALL);
        return regular
                ? Optional.of(
                        new CallPattern(single.open(), single.middle(), single.close(), joiner, single.quotedName()))
                : Optional.empty();
    }

    private static ChatMessage.AssistantMessage calling(ToolCall... calls) {
        return new ChatMessage.AssistantMessage("", "", List.of(calls));
    }

    /** What the template writes for an answer, without what its generation prompt would have written. */
    private String answer(ChatMessage.AssistantMessage message) {
        ChatMessage user = ChatMessage.user("Qlorfuser");
        String before = render(List.of(user), false);
        String prompt = ChatTemplate.addition(before, render(List.of(user), true));
        String whole = ChatTemplate.addition(before, render(List.of(user, message), false));
        return withoutThought(ChatTemplate.addition(prompt, whole));
    }

    private String render(List<ChatMessage> messages, boolean generationPrompt) {
        return renderer.render(shape, messages, options, generationPrompt).text();
    }

    private String withoutThought(String answer) {
        String visible = answer.stripLeading();
        for (ReasoningTags each : syntax.rules().tags().reasoning()) {
            int close = visible.indexOf(each.close());
            boolean empty = close >= 0
                    && visible.substring(0, close).replace(each.open(), "").isBlank();
            if (empty) {
                return visible.substring(close + each.close().length()).stripLeading();
            }
        }
        return answer;
    }

    private String turnEnd() {
        String answer = answer(new ChatMessage.AssistantMessage(TEXT, "", List.of()));
        int text = answer.indexOf(TEXT);
        return text < 0 ? "" : answer.substring(text + TEXT.length()).stripTrailing();
    }

    private static String withoutEnd(String answer, String end) {
        String visible = answer.stripTrailing();
        return (visible.endsWith(end) ? visible.substring(0, visible.length() - end.length()) : visible)
                .stripTrailing();
    }

    private boolean reads(String answer, ToolCall... calls) {
        ParsedOutput output = syntax.parse(answer, TOOLS, "");
        List<ParsedToolCall> parsed = output.toolCalls();
        boolean same = parsed.size() == calls.length && output.text().isBlank();
        for (int i = 0; same && i < calls.length; i++) {
            ParsedToolCall each = parsed.get(i);
            same = each.complete()
                    && each.name().equals(calls[i].name())
                    && each.arguments().equals(calls[i].arguments());
        }
        return same;
    }

    private record Json(int start, int end) {}

    /** The arguments' JSON object at or behind {@code from}. */
    private static @Nullable Json json(String text, int from) {
        int key = text.indexOf('"' + KEY + '"', from);
        int value = key < 0 ? -1 : text.indexOf('"' + VALUE + '"', key);
        int start = value < 0 ? -1 : text.lastIndexOf('{', key);
        int end = value < 0 ? -1 : text.indexOf('}', value);
        boolean plain = start >= from
                && end >= 0
                && text.substring(start + 1, key).isBlank()
                && text.substring(value + VALUE.length() + 2, end).isBlank();
        return plain ? new Json(start, end + 1) : null;
    }
}
