package io.github.llamacpp4j.server;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatJson;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ContentPart;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the messages of a conversation, and tells what they hold that nobody reads. */
final class MessageFields {

    private static final Set<String> SPOKEN = Set.of("role", "content", "name");
    private static final Map<String, Set<String>> BY_ROLE = Map.of(
            "system",
            SPOKEN,
            "developer",
            SPOKEN,
            "user",
            SPOKEN,
            "assistant",
            Set.of("role", "content", "name", "refusal", "reasoning_content", "reasoning", "tool_calls"),
            "tool",
            Set.of("role", "content", "name", "tool_call_id"));
    private static final Set<String> TEXTS = Set.of("name", "refusal");
    private static final Map<String, String> REFUSED = Map.of(
            "audio", "the model reads text only",
            "function_call", "it is the deprecated form of 'tool_calls'; use that");

    private MessageFields() {}

    /**
     * Reads the messages.
     *
     * @param unknown takes the places that nobody reads
     */
    static List<ChatMessage> read(Value value, int most, List<String> unknown) {
        for (Value message : value.items(1, most)) {
            if (message.node() instanceof ObjectNode object) {
                check(message, object, unknown);
            }
        }
        List<ChatMessage> messages = reading(value, () -> ChatJson.messages(value.tree()));
        for (int i = 0; i < messages.size(); i++) {
            refuseMedia(messages.get(i), value.path() + '[' + i + ']');
        }
        return messages;
    }

    private static void check(Value message, ObjectNode object, List<String> unknown) {
        Set<String> known = BY_ROLE.getOrDefault(object.path("role").asString(""), Set.of());
        message.members().forEach((name, member) -> {
            String reason = REFUSED.get(name);
            if (reason != null && !member.isNull()) {
                throw Field.unsupported(member.path(), reason + "; leave it out");
            }
            if (reason == null && !known.isEmpty() && !known.contains(name)) {
                unknown.add(member.path());
            }
            if (TEXTS.contains(name) && known.contains(name) && !member.isNull()) {
                member.text();
            }
        });
        sayRefusals(object);
    }

    /** What an assistant once refused is what it said. */
    private static void sayRefusals(ObjectNode message) {
        if (!message.path("role").asString("").equals("assistant")) {
            return;
        }
        if (!message.hasNonNull("content") && message.path("refusal").isString()) {
            message.set("content", message.get("refusal"));
        }
        for (JsonNode part : message.path("content")) {
            if (part instanceof ObjectNode object
                    && object.path("type").asString("").equals("refusal")) {
                object.put("type", "text").set("text", object.path("refusal"));
            }
        }
    }

    private static void refuseMedia(ChatMessage message, String path) {
        List<ContentPart> parts = switch (message) {
            case ChatMessage.SystemMessage system -> system.content();
            case ChatMessage.UserMessage user -> user.content();
            default -> List.of();
        };
        for (int i = 0; i < parts.size(); i++) {
            if (!(parts.get(i) instanceof ContentPart.Text)) {
                String place = path + ".content[" + i + ']';
                throw new ApiException(
                        400,
                        "invalid_request_error",
                        "unsupported_content",
                        place,
                        place + ": expected a part of type text, found another; the model reads text only");
            }
        }
    }

    /** Adds the members of an object that are not {@code known} to {@code unknown}. */
    static void collect(Value object, Set<String> known, List<String> unknown) {
        if (object.node().isObject()) {
            object.members().forEach((name, member) -> {
                if (!known.contains(name)) {
                    unknown.add(member.path());
                }
            });
        }
    }

    /** Reads a value by the chat module, whose complaints begin with the place that they are about. */
    static <T> T reading(Value value, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (ChatException e) {
            String message = String.valueOf(e.getMessage());
            int end = message.indexOf(": ");
            String place = end > 0 && message.startsWith(value.path()) ? message.substring(0, end) : value.path();
            throw ApiException.invalid(place, message);
        }
    }
}
