package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Messages, tools and tool choices as JSON in the shape of OpenAI's chat completions API, both ways. Reading accepts at
 * most {@value #MAX_MESSAGES} messages, {@value #MAX_TOOLS} tools, 64 Mi characters and 128 levels of nesting; anything
 * else is a {@link ChatException} that says where and why. Stateless and safe for use by several threads.
 *
 * <p>Fields that have no place in the types (a message's {@code refusal}, a tool's {@code strict}) are ignored;
 * {@code reasoning} is read as {@code reasoning_content}.
 *
 * <p>Any Jackson mapper reads and writes {@link ChatMessage}, {@link ContentPart}, {@link ToolCall}, {@link ToolDefinition} and
 * {@link ToolChoice} in the same shape, also as parts of other types, with its own limits and exceptions.
 */
public final class ChatJson {
    public static final int MAX_MESSAGES = 10_000;
    public static final int MAX_TOOLS = 1_024;

    private ChatJson() {}

    /** Reads an array of messages. */
    public static List<ChatMessage> readMessages(String json) {
        return messages(parse(json));
    }

    /** Reads an array of messages that was parsed already, into {@code Map}, {@code List}, {@code String} and so on. */
    public static List<ChatMessage> messages(@Nullable Object tree) {
        return list(tree, "messages", MAX_MESSAGES, WireCodec::message);
    }

    /** Reads an array of tool definitions. */
    public static List<ToolDefinition> readTools(String json) {
        return tools(parse(json));
    }

    /** Reads an array of tool definitions that was parsed already. */
    public static List<ToolDefinition> tools(@Nullable Object tree) {
        return tree == null ? List.of() : list(tree, "tools", MAX_TOOLS, WireCodec::tool);
    }

    /** Reads a tool choice. */
    public static ToolChoice readToolChoice(String json) {
        return checked(() -> WireCodec.toolChoice(parse(json), "tool_choice"));
    }

    public static String write(ChatMessage message) {
        return JsonTrees.write(WireCodec.tree(message));
    }

    public static String writeMessages(List<? extends ChatMessage> messages) {
        return JsonTrees.write(messages.stream().map(WireCodec::tree).toList());
    }

    public static String writeTools(List<ToolDefinition> tools) {
        return JsonTrees.write(tools.stream().map(WireCodec::tree).toList());
    }

    public static String write(ToolChoice choice) {
        return JsonTrees.write(WireCodec.tree(choice));
    }

    private static <T> List<T> list(
            @Nullable Object tree, String name, int limit, BiFunction<@Nullable Object, String, T> read) {
        if (!(tree instanceof List<?> list)) {
            throw new ChatException(name + ": expected an array, found " + JsonTrees.kindOf(tree));
        }
        if (list.size() > limit) {
            throw new ChatException(name + ": expected at most " + limit + " elements, found " + list.size());
        }
        return checked(() -> {
            List<T> result = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                result.add(read.apply(list.get(i), name + '[' + i + ']'));
            }
            return List.copyOf(result);
        });
    }

    private static <T> T checked(java.util.function.Supplier<T> body) {
        try {
            return body.get();
        } catch (IllegalArgumentException e) {
            throw new ChatException(String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable Object parse(String json) {
        try {
            return JsonTrees.read(json);
        } catch (JacksonException e) {
            throw new ChatException("expected JSON: " + e.getOriginalMessage(), e);
        }
    }
}
