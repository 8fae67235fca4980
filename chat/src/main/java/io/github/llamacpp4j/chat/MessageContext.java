package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.template.TrustedText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages and tools as the variables that templates expect. */
final class MessageContext {
    /**
     * How a template wants its messages.
     *
     * @param systemRole whether system messages stand for themselves
     * @param stringContent whether content may be a string
     * @param typedContent whether content may be a list of parts
     * @param objectArguments whether a call's arguments are an object rather than text
     * @param idsNameTools whether the template writes only a call's id, which then has to name the tool, as Kimi's do
     * @param callsWithoutText whether a thought and calls leave no room for text, as in Harmony
     * @param thoughtParts whether a thought is a part of the content, as in Ministral's templates
     * @param callsWithoutContent whether calls are written only where there is no content, not even an empty one
     */
    record Shape(
            boolean systemRole,
            boolean stringContent,
            boolean typedContent,
            boolean objectArguments,
            boolean idsNameTools,
            boolean callsWithoutText,
            boolean thoughtParts,
            boolean callsWithoutContent) {
        Shape withCalls(boolean named, boolean withoutText) {
            return new Shape(
                    systemRole,
                    stringContent,
                    typedContent,
                    objectArguments,
                    named,
                    withoutText,
                    thoughtParts,
                    callsWithoutContent);
        }

        Shape withThoughtParts() {
            return new Shape(
                    systemRole,
                    stringContent,
                    typedContent,
                    objectArguments,
                    idsNameTools,
                    callsWithoutText,
                    true,
                    callsWithoutContent);
        }

        Shape withArguments(boolean objects, boolean withoutContent) {
            return new Shape(
                    systemRole,
                    stringContent,
                    typedContent,
                    objects,
                    idsNameTools,
                    callsWithoutText,
                    thoughtParts,
                    withoutContent);
        }
    }

    private final Shape shape;
    private final Map<String, String> ids = new HashMap<>();
    private int calls;
    private boolean systemFolded;

    MessageContext(Shape shape) {
        this.shape = shape;
    }

    boolean systemFolded() {
        return systemFolded;
    }

    List<Map<String, @Nullable Object>> messages(List<? extends ChatMessage> messages) {
        List<Map<String, @Nullable Object>> result = new ArrayList<>();
        List<String> folded = new ArrayList<>();
        for (ChatMessage message : messages) {
            if (message instanceof ChatMessage.SystemMessage && !shape.systemRole()) {
                folded.add(message.text());
                systemFolded = true;
            } else if (message instanceof ChatMessage.UserMessage user && !folded.isEmpty()) {
                folded.add(user.text());
                result.add(message(ChatMessage.user(String.join("\n", folded))));
                folded.clear();
            } else {
                result.add(message(message));
            }
        }
        if (!folded.isEmpty()) {
            result.add(message(ChatMessage.user(String.join("\n", folded))));
        }
        return result;
    }

    private Map<String, @Nullable Object> message(ChatMessage message) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("role", new TrustedText(message.role()));
        switch (message) {
            case ChatMessage.SystemMessage system -> map.put("content", content(system.content()));
            case ChatMessage.UserMessage user -> map.put("content", content(user.content()));
            case ChatMessage.AssistantMessage assistant -> {
                boolean parts = shape.thoughtParts() && !assistant.reasoning().isEmpty();
                map.put("content", parts ? thoughtAndText(assistant) : answer(assistant));
                if (!parts && !assistant.reasoning().isEmpty()) {
                    map.put("reasoning_content", assistant.reasoning());
                    map.put("thinking", assistant.reasoning());
                }
                if (!assistant.toolCalls().isEmpty()) {
                    map.put(
                            "tool_calls",
                            assistant.toolCalls().stream().map(this::call).toList());
                }
            }
            case ChatMessage.ToolMessage tool -> {
                map.put("content", content(List.of(new ContentPart.Text(tool.text()))));
                if (!tool.toolCallId().isEmpty()) {
                    map.put("tool_call_id", ids.getOrDefault(tool.toolCallId(), tool.toolCallId()));
                }
                if (!tool.name().isEmpty()) {
                    map.put("name", tool.name());
                }
            }
        }
        return map;
    }

    private @Nullable Object answer(ChatMessage.AssistantMessage message) {
        String text = text(message);
        boolean none = shape.callsWithoutContent()
                && text.isEmpty()
                && !message.toolCalls().isEmpty();
        return none ? null : content(List.of(new ContentPart.Text(text)));
    }

    private List<Map<String, @Nullable Object>> thoughtAndText(ChatMessage.AssistantMessage message) {
        List<Map<String, @Nullable Object>> parts = new ArrayList<>();
        parts.add(part("thinking", message.reasoning()));
        if (!text(message).isEmpty()) {
            parts.add(part("text", text(message)));
        }
        return parts;
    }

    private static Map<String, @Nullable Object> part(String type, String text) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("type", new TrustedText(type));
        map.put(type, text);
        return map;
    }

    private Object content(List<ContentPart> parts) {
        List<String> texts = new ArrayList<>();
        for (ContentPart part : parts) {
            if (!(part instanceof ContentPart.Text text)) {
                throw new ChatException("only text can be rendered into a prompt, found a part of type "
                        + WireCodec.tree(part).get("type") + ": remove it from the message");
            }
            texts.add(text.text());
        }
        if (shape.stringContent() && (texts.size() <= 1 || !shape.typedContent())) {
            return String.join("\n", texts);
        }
        List<Map<String, @Nullable Object>> typed = new ArrayList<>();
        for (String text : texts) {
            typed.add(part("text", text));
        }
        return typed;
    }

    private Map<String, @Nullable Object> call(ToolCall call) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put("arguments", shape.objectArguments() ? call.arguments() : call.argumentsText());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        String id = id(call);
        if (!id.isEmpty()) {
            map.put("id", id);
        }
        map.put("type", new TrustedText("function"));
        map.put("function", function);
        return map;
    }

    private String text(ChatMessage.AssistantMessage message) {
        boolean noRoom = shape.callsWithoutText()
                && !message.reasoning().isEmpty()
                && !message.toolCalls().isEmpty();
        return noRoom ? "" : message.text();
    }

    private String id(ToolCall call) {
        if (!shape.idsNameTools()) {
            return call.id();
        }
        String id = "functions." + call.name() + ':' + calls++;
        ids.put(call.id(), id);
        return id;
    }

    static List<Map<String, @Nullable Object>> tools(List<ToolDefinition> tools) {
        return tools.stream().map(MessageContext::tool).toList();
    }

    static List<Map<String, @Nullable Object>> functions(List<ToolDefinition> tools) {
        return tools.stream().map(MessageContext::function).toList();
    }

    private static Map<String, @Nullable Object> tool(ToolDefinition tool) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("type", "function");
        map.put("function", function(tool));
        return map;
    }

    private static Map<String, @Nullable Object> function(ToolDefinition tool) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        function.put("description", tool.description());
        Map<String, @Nullable Object> parameters = tool.parameters();
        if (parameters.isEmpty()) {
            parameters = new LinkedHashMap<>();
            parameters.put("type", "object");
            parameters.put("properties", Map.of());
        }
        function.put("parameters", parameters);
        return function;
    }
}
