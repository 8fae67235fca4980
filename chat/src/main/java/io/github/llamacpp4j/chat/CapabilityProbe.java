package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.chat.ChatTemplateCapabilities.ReasoningHistory;
import io.github.llamacpp4j.chat.ChatTemplateCapabilities.ThinkingSwitch;
import io.github.llamacpp4j.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Renders small conversations and looks which of their words reach the prompt. */
final class CapabilityProbe {
    private static final String USER = "Qlorfuser";
    private static final String SYSTEM = "Qlorfsystem";
    private static final String TEXT = "Qlorftext";
    private static final String REASONING = "Qlorfreason";
    private static final String RESULT = "Qlorfresult";
    private static final String NAME = "qlorf_name";
    private static final String OTHER_NAME = "qlorf_other";
    private static final String KEY = "qlorf_key";
    private static final String VALUE = "Qlorfvalue";
    private static final String OTHER_VALUE = "Qlorfsecond";
    private static final ToolDefinition TOOL = new ToolDefinition(
            NAME,
            "Qlorf tool.",
            Map.of(
                    "type",
                    "object",
                    "properties",
                    Map.of(KEY, Map.of("type", "string", "description", "Qlorf key.")),
                    "required",
                    List.of(KEY)));
    private static final ToolCall CALL = new ToolCall("call00001", NAME, Map.of(KEY, VALUE));
    private static final ToolCall OTHER_CALL = new ToolCall("call00002", OTHER_NAME, Map.of(KEY, OTHER_VALUE));

    private final TemplateRenderer renderer;
    private final OutputSyntax syntax;
    private @Nullable TemplateException lastFailure;

    CapabilityProbe(TemplateRenderer renderer, OutputSyntax syntax) {
        this.renderer = renderer;
        this.syntax = syntax;
    }

    /** What was found: how to shape messages, and what the template can express. */
    record Findings(MessageContext.Shape shape, ChatTemplateCapabilities capabilities) {}

    /** @throws ChatException if the template cannot even render one user message */
    Findings run() {
        ChatMessage user = ChatMessage.user(USER);
        boolean string = shows(shape(true, true, false), List.of(user), none(), USER);
        TemplateException failure = lastFailure;
        boolean typed = showsPlainly(shape(true, false, true), List.of(user), USER);
        if (!string && !typed) {
            throw unusable(failure);
        }
        boolean system = shows(shape(true, string, typed), List.of(ChatMessage.system(SYSTEM), user), none(), SYSTEM);
        MessageContext.Shape arguments = argumentShape(shape(system, string, typed), user);
        MessageContext.Shape shape = thoughtShape(callShape(arguments, user), user);
        boolean calls = showsCalls(shape, user, List.of(CALL), NAME, VALUE);
        ChatTemplateCapabilities capabilities = new ChatTemplateCapabilities(
                system,
                shows(shape, List.of(user), withTool(), NAME),
                calls,
                calls && showsCalls(shape, user, List.of(CALL, OTHER_CALL), VALUE, OTHER_NAME, OTHER_VALUE),
                shows(shape, answered(user, List.of(CALL)), withTool(), RESULT),
                string,
                typed,
                shape.objectArguments(),
                reasoning(shape, user),
                thinkingSwitch(shape, user),
                syntax.opensReasoning(generationPrompt(shape, user, true)));
        return new Findings(shape, capabilities);
    }

    private MessageContext.Shape callShape(MessageContext.Shape plain, ChatMessage user) {
        ChatTemplateOptions tools = withTool();
        MessageContext.Shape named = plain.withCalls(true, false);
        boolean idsNameTools = shows(plain, calling(user, OTHER_CALL), tools, OTHER_CALL.id(), OTHER_VALUE)
                && !shows(plain, calling(user, OTHER_CALL), tools, OTHER_NAME)
                && shows(named, calling(user, OTHER_CALL), tools, "functions." + OTHER_NAME);
        MessageContext.Shape shape = idsNameTools ? named : plain;
        List<ChatMessage> full = List.of(user, new ChatMessage.AssistantMessage(TEXT, REASONING, List.of(CALL)));
        boolean noText = shows(shape, calling(user, CALL), tools, VALUE)
                && !shows(shape, full, tools, VALUE)
                && shows(shape.withCalls(idsNameTools, true), full, tools, VALUE);
        return noText ? shape.withCalls(idsNameTools, true) : shape;
    }

    /** Some templates know a thought only as a part of the content. */
    private MessageContext.Shape thoughtShape(MessageContext.Shape shape, ChatMessage user) {
        MessageContext.Shape parts = shape.withThoughtParts();
        boolean better = reasoning(shape, user) == ReasoningHistory.DROPPED
                && reasoning(parts, user) != ReasoningHistory.DROPPED;
        ChatMessage thought = new ChatMessage.AssistantMessage(TEXT, REASONING, List.of());
        String written = better ? render(parts, List.of(user, thought), none(), false) : "";
        return written.contains(REASONING) && !written.contains("'thinking'") && !written.contains("\"thinking\"")
                ? parts
                : shape;
    }

    private static ChatException unusable(@Nullable TemplateException failure) {
        String reason = failure == null
                ? "the text of a user message does not reach the prompt"
                : failure.kind() + " in line " + failure.line() + ": " + failure.reason();
        String message = "the chat template cannot render a user message: " + reason
                + "; choose another template, or a built-in one by name";
        return failure == null ? new ChatException(message) : new ChatException(message, failure);
    }

    private static MessageContext.Shape shape(boolean system, boolean string, boolean typed) {
        return new MessageContext.Shape(system, string, typed, true, false, false, false, false);
    }

    private static ChatTemplateOptions none() {
        return ChatTemplateOptions.defaults();
    }

    private static ChatTemplateOptions withTool() {
        return ChatTemplateOptions.builder().tools(List.of(TOOL)).build();
    }

    private static List<ChatMessage> calling(ChatMessage user, ToolCall... calls) {
        return List.of(user, new ChatMessage.AssistantMessage("", "", List.of(calls)));
    }

    private static List<ChatMessage> answered(ChatMessage user, List<ToolCall> calls) {
        List<ChatMessage> messages = new ArrayList<>(calling(user, calls.toArray(ToolCall[]::new)));
        calls.forEach(call -> messages.add(ChatMessage.toolResult(call, RESULT)));
        return messages;
    }

    /** Some templates write calls only with their results, others only as the last message. */
    private boolean showsCalls(MessageContext.Shape shape, ChatMessage user, List<ToolCall> calls, String... words) {
        return shows(shape, answered(user, calls), withTool(), words)
                || shows(shape, calling(user, calls.toArray(ToolCall[]::new)), withTool(), words);
    }

    private MessageContext.Shape argumentShape(MessageContext.Shape plain, ChatMessage user) {
        for (boolean withoutContent : new boolean[] {false, true}) {
            MessageContext.Shape objects = plain.withArguments(true, withoutContent);
            MessageContext.Shape texts = plain.withArguments(false, withoutContent);
            String asObject = render(objects, calling(user, CALL), withTool(), true);
            String asText = render(texts, calling(user, CALL), withTool(), true);
            if (asObject.contains(VALUE) || asText.contains(VALUE)) {
                return takesObjects(asObject, asText) ? objects : texts;
            }
        }
        return plain;
    }

    /** Arguments given as text come out quoted a second time where the template serialises them itself. */
    private static boolean takesObjects(String asObject, String asText) {
        if (!asObject.contains(VALUE) || !asText.contains(VALUE)) {
            return asObject.contains(VALUE);
        }
        return !asObject.contains("'" + KEY + "'") || asText.contains("\\\"" + KEY);
    }

    private ReasoningHistory reasoning(MessageContext.Shape shape, ChatMessage user) {
        ChatMessage thought = new ChatMessage.AssistantMessage(TEXT, REASONING, List.of());
        if (shows(shape, List.of(user, thought, user), none(), REASONING)) {
            return ReasoningHistory.KEPT;
        }
        List<ChatMessage> calls = List.of(
                user,
                new ChatMessage.AssistantMessage("", REASONING, List.of(CALL)),
                ChatMessage.toolResult(CALL, RESULT));
        return shows(shape, calls, withTool(), REASONING) ? ReasoningHistory.WITHIN_TURN : ReasoningHistory.DROPPED;
    }

    private ThinkingSwitch thinkingSwitch(MessageContext.Shape shape, ChatMessage user) {
        String on = render(shape, List.of(user), thinking(true), true);
        String off = render(shape, List.of(user), thinking(false), true);
        if (on.equals(off)) {
            return ThinkingSwitch.NONE;
        }
        String promptOn = generationPrompt(shape, user, true);
        String promptOff = generationPrompt(shape, user, false);
        if (syntax.opensReasoning(promptOn) && !syntax.opensReasoning(promptOff)) {
            return ThinkingSwitch.OPENS_THOUGHT;
        }
        return promptOff.length() > promptOn.length() ? ThinkingSwitch.CLOSES_THOUGHT : ThinkingSwitch.INSTRUCTS;
    }

    private static ChatTemplateOptions thinking(boolean enabled) {
        return ChatTemplateOptions.builder().enableThinking(enabled).build();
    }

    private String generationPrompt(MessageContext.Shape shape, ChatMessage user, boolean thinking) {
        String without = render(shape, List.of(user), thinking(thinking), false);
        String with = render(shape, List.of(user), thinking(thinking), true);
        return ChatTemplate.addition(without, with);
    }

    private boolean showsPlainly(MessageContext.Shape shape, List<ChatMessage> messages, String word) {
        String text = render(shape, messages, none(), true);
        return text.contains(word) && !text.contains("'text'") && !text.contains("\"text\"");
    }

    private boolean shows(
            MessageContext.Shape shape, List<ChatMessage> messages, ChatTemplateOptions options, String... words) {
        String text = render(shape, messages, options, true);
        for (String word : words) {
            if (!text.contains(word)) {
                return false;
            }
        }
        return true;
    }

    /** The rendering, or nothing where the template refuses. */
    private String render(
            MessageContext.Shape shape,
            List<ChatMessage> messages,
            ChatTemplateOptions options,
            boolean generationPrompt) {
        lastFailure = null;
        try {
            return renderer.render(shape, messages, options, generationPrompt).text();
        } catch (TemplateException e) {
            lastFailure = e;
            return "";
        }
    }
}
