package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Messages, tools and tool choices to and from trees in the shape of OpenAI's chat completions API. */
final class WireCodec {
    private WireCodec() {}

    static ChatMessage message(@Nullable Object tree, String at) {
        Map<?, ?> map = object(tree, at);
        String role = string(map.get("role"), at + ".role");
        return switch (role) {
            case "system", "developer" -> new ChatMessage.SystemMessage(content(map.get("content"), at + ".content"));
            case "user" -> new ChatMessage.UserMessage(content(map.get("content"), at + ".content"));
            case "assistant" ->
                new ChatMessage.AssistantMessage(
                        optionalText(map.get("content"), at + ".content"),
                        optionalText(reasoning(map), at + ".reasoning_content"),
                        toolCalls(map.get("tool_calls"), at + ".tool_calls"));
            case "tool" ->
                new ChatMessage.ToolMessage(
                        optionalString(map.get("tool_call_id"), at + ".tool_call_id"),
                        optionalString(map.get("name"), at + ".name"),
                        text(map.get("content"), at + ".content"));
            default ->
                throw new ChatException(at + ".role: expected system, developer, user, assistant or tool, found "
                        + JsonTrees.quoteShort(role));
        };
    }

    private static @Nullable Object reasoning(Map<?, ?> map) {
        return map.get("reasoning_content") == null ? map.get("reasoning") : map.get("reasoning_content");
    }

    static Map<String, @Nullable Object> tree(ChatMessage message) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("role", message.role());
        switch (message) {
            case ChatMessage.SystemMessage system -> map.put("content", contentTree(system.content()));
            case ChatMessage.UserMessage user -> map.put("content", contentTree(user.content()));
            case ChatMessage.AssistantMessage assistant -> {
                boolean onlyCalls =
                        assistant.text().isEmpty() && !assistant.toolCalls().isEmpty();
                map.put("content", onlyCalls ? null : assistant.text());
                if (!assistant.reasoning().isEmpty()) {
                    map.put("reasoning_content", assistant.reasoning());
                }
                if (!assistant.toolCalls().isEmpty()) {
                    map.put(
                            "tool_calls",
                            assistant.toolCalls().stream().map(WireCodec::tree).toList());
                }
            }
            case ChatMessage.ToolMessage tool -> {
                if (!tool.toolCallId().isEmpty()) {
                    map.put("tool_call_id", tool.toolCallId());
                }
                if (!tool.name().isEmpty()) {
                    map.put("name", tool.name());
                }
                map.put("content", tool.text());
            }
        }
        return map;
    }

    private static List<ContentPart> content(@Nullable Object tree, String at) {
        if (tree instanceof String text) {
            return List.of(new ContentPart.Text(text));
        }
        if (!(tree instanceof List<?> list)) {
            throw new ChatException(
                    at + ": expected a string or an array of content parts, found " + JsonTrees.kindOf(tree));
        }
        List<ContentPart> parts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            parts.add(part(list.get(i), at + '[' + i + ']'));
        }
        return parts;
    }

    static ContentPart part(@Nullable Object tree, String at) {
        Map<?, ?> map = object(tree, at);
        String type = string(map.get("type"), at + ".type");
        return switch (type) {
            case "text" -> new ContentPart.Text(string(map.get("text"), at + ".text"));
            case "image_url" -> {
                Object image = map.get("image_url");
                yield new ContentPart.Image(
                        image instanceof String url
                                ? url
                                : string(object(image, at + ".image_url").get("url"), at + ".image_url.url"));
            }
            case "input_audio" -> {
                Map<?, ?> audio = object(map.get("input_audio"), at + ".input_audio");
                yield new ContentPart.Audio(
                        string(audio.get("data"), at + ".input_audio.data"),
                        string(audio.get("format"), at + ".input_audio.format"));
            }
            default ->
                throw new ChatException(
                        at + ".type: expected text, image_url or input_audio, found " + JsonTrees.quoteShort(type));
        };
    }

    private static Object contentTree(List<ContentPart> parts) {
        if (parts.size() == 1 && parts.getFirst() instanceof ContentPart.Text only) {
            return only.text();
        }
        return parts.stream().map(WireCodec::tree).toList();
    }

    static Map<String, @Nullable Object> tree(ContentPart content) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        switch (content) {
            case ContentPart.Text part -> {
                map.put("type", "text");
                map.put("text", part.text());
            }
            case ContentPart.Image part -> {
                map.put("type", "image_url");
                map.put("image_url", Map.of("url", part.url()));
            }
            case ContentPart.Audio part -> {
                map.put("type", "input_audio");
                Map<String, Object> audio = new LinkedHashMap<>();
                audio.put("data", part.data());
                audio.put("format", part.format());
                map.put("input_audio", audio);
            }
        }
        return map;
    }

    private static List<ToolCall> toolCalls(@Nullable Object tree, String at) {
        if (tree == null) {
            return List.of();
        }
        List<?> list = array(tree, at);
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            calls.add(toolCall(list.get(i), at + '[' + i + ']'));
        }
        return calls;
    }

    static ToolCall toolCall(@Nullable Object tree, String at) {
        Map<?, ?> map = object(tree, at);
        functionType(map, at);
        Map<?, ?> function = object(map.get("function"), at + ".function");
        return new ToolCall(
                optionalString(map.get("id"), at + ".id"),
                name(function.get("name"), at + ".function.name"),
                arguments(function.get("arguments"), at + ".function.arguments"));
    }

    private static Map<String, @Nullable Object> arguments(@Nullable Object tree, String at) {
        if (tree instanceof String text) {
            if (text.isBlank()) {
                return Map.of();
            }
            try {
                return stringKeys(object(JsonTrees.read(text), at), at);
            } catch (JacksonException e) {
                throw new ChatException(at + ": expected the text of a JSON object, " + e.getOriginalMessage(), e);
            }
        }
        return tree == null ? Map.of() : stringKeys(object(tree, at), at);
    }

    static Map<String, @Nullable Object> tree(ToolCall call) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put("arguments", call.argumentsText());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (!call.id().isEmpty()) {
            map.put("id", call.id());
        }
        map.put("type", "function");
        map.put("function", function);
        return map;
    }

    static ToolDefinition tool(@Nullable Object tree, String at) {
        Map<?, ?> map = object(tree, at);
        functionType(map, at);
        Map<?, ?> function = object(map.get("function"), at + ".function");
        Object parameters = function.get("parameters");
        return new ToolDefinition(
                name(function.get("name"), at + ".function.name"),
                optionalString(function.get("description"), at + ".function.description"),
                parameters == null
                        ? Map.of()
                        : stringKeys(object(parameters, at + ".function.parameters"), at + ".function.parameters"));
    }

    static Map<String, @Nullable Object> tree(ToolDefinition tool) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        if (!tool.description().isEmpty()) {
            function.put("description", tool.description());
        }
        function.put("parameters", tool.parameters());
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("type", "function");
        map.put("function", function);
        return map;
    }

    static ToolChoice toolChoice(@Nullable Object tree, String at) {
        if (tree instanceof String text) {
            return toolChoice(text, at);
        }
        Map<?, ?> map = object(tree, at);
        functionType(map, at);
        return ToolChoice.named(
                name(object(map.get("function"), at + ".function").get("name"), at + ".function.name"));
    }

    private static ToolChoice toolChoice(String text, String at) {
        return switch (text) {
            case "auto" -> ToolChoice.auto();
            case "none" -> ToolChoice.none();
            case "required" -> ToolChoice.required();
            default ->
                throw new ChatException(at
                        + ": expected auto, none, required or an object that names a function, found "
                        + JsonTrees.quoteShort(text));
        };
    }

    static Object tree(ToolChoice choice) {
        return switch (choice) {
            case ToolChoice.Auto auto -> "auto";
            case ToolChoice.None none -> "none";
            case ToolChoice.Required required -> "required";
            case ToolChoice.Named named -> {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("type", "function");
                map.put("function", Map.of("name", named.name()));
                yield map;
            }
        };
    }

    private static void functionType(Map<?, ?> map, String at) {
        Object type = map.get("type");
        if (type != null && !type.equals("function")) {
            throw new ChatException(at + ".type: only function is supported, found " + JsonTrees.kindOf(type));
        }
    }

    private static String name(@Nullable Object tree, String at) {
        String name = string(tree, at);
        if (name.isEmpty()) {
            throw new ChatException(at + ": expected the name of a tool, found an empty string");
        }
        return name;
    }

    private static String text(@Nullable Object tree, String at) {
        return new ChatMessage.UserMessage(content(tree, at)).text();
    }

    private static String optionalText(@Nullable Object tree, String at) {
        return tree == null ? "" : text(tree, at);
    }

    private static String string(@Nullable Object tree, String at) {
        if (tree instanceof String text) {
            return text;
        }
        throw new ChatException(at + ": expected a string, found " + JsonTrees.kindOf(tree));
    }

    private static String optionalString(@Nullable Object tree, String at) {
        return tree == null ? "" : string(tree, at);
    }

    private static Map<?, ?> object(@Nullable Object tree, String at) {
        if (tree instanceof Map<?, ?> map) {
            return map;
        }
        throw new ChatException(at + ": expected an object, found " + JsonTrees.kindOf(tree));
    }

    private static List<?> array(@Nullable Object tree, String at) {
        if (tree instanceof List<?> list) {
            return list;
        }
        throw new ChatException(at + ": expected an array, found " + JsonTrees.kindOf(tree));
    }

    private static Map<String, @Nullable Object> stringKeys(Map<?, ?> map, String at) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(string(key, at), value));
        return copy;
    }
}
