package io.github.llamacpp4j.chat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Turns what the machines find into events and keeps the answer as far as it is known. White space at the border of
 * reasoning, text and calls belongs to the markup: where a border may follow, it is held back until it proves to stand inside a text.
 */
final class Emitter implements CallSink {
    private static final int MAX_ARGUMENTS = JsonTrees.MAX_TEXT_LENGTH;

    private final Map<String, ToolDefinition> tools = new LinkedHashMap<>();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder heldReasoning = new StringBuilder();
    private final StringBuilder heldText = new StringBuilder();
    private final List<ParsedToolCall> calls = new ArrayList<>();
    private final Set<OutputFlag> flags = EnumSet.noneOf(OutputFlag.class);
    private List<OutputEvent> events = new ArrayList<>();
    private boolean dropLeadingText;

    private @Nullable ToolDefinition open;
    private String openId = "";
    private final StringBuilder openArguments = new StringBuilder();

    Emitter(List<ToolDefinition> offered) {
        offered.forEach(tool -> tools.put(tool.name(), tool));
    }

    boolean isEmpty() {
        return text.isEmpty() && reasoning.isEmpty() && calls.isEmpty();
    }

    /** Whether a call has begun that is not over. */
    boolean isOpen() {
        return open != null;
    }

    boolean offersTools() {
        return !tools.isEmpty();
    }

    void reasoning(String piece) {
        int end = trailingSpace(piece);
        if (end > 0) {
            if (reasoning.isEmpty()) {
                heldReasoning.setLength(0);
            }
            String shown = heldReasoning
                    + (reasoning.isEmpty() ? piece.substring(0, end).stripLeading() : piece.substring(0, end));
            heldReasoning.setLength(0);
            reasoning.append(shown);
            events.add(new OutputEvent.Reasoning(shown));
        }
        heldReasoning.append(piece, end, piece.length());
    }

    void endReasoning() {
        heldReasoning.setLength(0);
        if (!reasoning.isEmpty()) {
            heldReasoning.append('\n');
        }
        if (text.isEmpty()) {
            heldText.setLength(0);
            dropLeadingText = true;
        }
    }

    void text(String piece) {
        int end = offersTools() || text.isEmpty() ? trailingSpace(piece) : piece.length();
        if (end > 0) {
            String solid = piece.substring(0, end);
            String shown = dropLeadingText ? solid.stripLeading() : heldText + solid;
            dropLeadingText = false;
            heldText.setLength(0);
            text.append(shown);
            events.add(new OutputEvent.Text(shown));
        }
        heldText.append(piece, end, piece.length());
    }

    private static int trailingSpace(String piece) {
        int end = piece.length();
        while (end > 0 && Character.isWhitespace(piece.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    @Override
    public boolean offers(String name) {
        return tools.containsKey(name);
    }

    @Override
    public boolean begin(String name, String id) {
        ToolDefinition tool = tools.get(name);
        if (tool == null) {
            flags.add(OutputFlag.UNKNOWN_TOOL);
            return false;
        }
        open = tool;
        openId = id;
        openArguments.setLength(0);
        events.add(new OutputEvent.ToolCallDelta(calls.size(), id, name, ""));
        return true;
    }

    @Override
    public void identify(String id) {
        openId = id;
    }

    @Override
    public void arguments(CharSequence json) {
        if (open != null && !json.isEmpty()) {
            openArguments.append(json);
            events.add(new OutputEvent.ToolCallDelta(calls.size(), openId, open.name(), json.toString()));
        }
    }

    @Override
    public boolean hasArguments() {
        return !openArguments.isEmpty();
    }

    @Override
    public boolean complete() {
        if (open == null) {
            return false;
        }
        if (openArguments.isEmpty()) {
            if (open.parameters().get("required") instanceof List<?> required && !required.isEmpty()) {
                return false;
            }
            flags.add(OutputFlag.IMPLIED_ARGUMENTS);
            arguments("{}");
        }
        if (openArguments.length() > MAX_ARGUMENTS || !isObject(openArguments.toString())) {
            return false;
        }
        close(true);
        return true;
    }

    private static boolean isObject(String json) {
        try {
            return JsonTrees.read(json) instanceof Map<?, ?>;
        } catch (JacksonException | IllegalArgumentException e) {
            return false;
        }
    }

    private void close(boolean complete) {
        if (open != null) {
            ParsedToolCall call = new ParsedToolCall(openId, open.name(), openArguments.toString(), complete);
            events.add(new OutputEvent.ToolCall(calls.size(), call));
            calls.add(call);
            open = null;
            heldText.setLength(0);
        }
    }

    /** Takes back the open call, if there is one. */
    void reject() {
        if (open != null) {
            open = null;
            events.add(new OutputEvent.ToolCallRejected(calls.size()));
        }
    }

    /** The answer ended inside a call: keeps what arrived of it; false if no call is open. */
    boolean cutOff() {
        boolean wasOpen = open != null;
        close(false);
        return wasOpen;
    }

    /** Shows white space that was held back at the very end of the text. */
    void finish() {
        if (!heldText.isEmpty() && !text.isEmpty() && calls.isEmpty()) {
            text.append(heldText);
            events.add(new OutputEvent.Text(heldText.toString()));
        }
        heldText.setLength(0);
    }

    @Override
    public ArgumentSchema schemaOf(String argument) {
        return open == null
                ? ArgumentSchema.UNKNOWN
                : ArgumentSchema.of(open.parameters()).member(argument);
    }

    @Override
    public void flag(OutputFlag flag) {
        flags.add(flag);
    }

    List<OutputEvent> drain() {
        List<OutputEvent> drained = List.copyOf(events);
        events = new ArrayList<>();
        return drained;
    }

    ParsedOutput result() {
        List<ParsedToolCall> shown = new ArrayList<>(calls);
        if (open != null) {
            shown.add(new ParsedToolCall(openId, open.name(), openArguments.toString(), false));
        }
        return new ParsedOutput(reasoning.toString(), text.toString(), shown, flags);
    }

    /** Forgets everything that was found so far. */
    void forget() {
        reasoning.setLength(0);
        text.setLength(0);
        heldReasoning.setLength(0);
        heldText.setLength(0);
        calls.clear();
        flags.clear();
        events.clear();
        open = null;
    }
}
