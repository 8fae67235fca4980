package io.github.llamacpp4j.server;

import io.github.llamacpp4j.ChatOptions;
import io.github.llamacpp4j.GenerationOptions;
import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplateOptions;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.chat.ToolDefinition;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** The body of a request to {@code /v1/chat/completions}, while and after it is read. Used by one thread. */
final class ChatBody extends GenerationBody {

    private Consumer<ChatTemplateOptions.Builder> template = rendering -> {};
    private List<ChatMessage> messages = List.of();
    private List<ToolDefinition> tools = List.of();
    private ToolChoice toolChoice = ToolChoice.auto();
    private Set<String> allowedTools = Set.of();
    private boolean parallelToolCalls = true;
    private boolean logprobs;
    private int topLogprobs = -1;

    ChatBody(Exchange exchange, PromptTokens tokens, GenerationOptions defaults) {
        super(exchange, tokens, defaults);
    }

    /**
     * Reads the body of a request.
     *
     * @throws ApiException if it cannot be served as it is
     */
    static ChatBody read(
            FieldTable<ChatBody> fields, Exchange exchange, PromptTokens tokens, GenerationOptions defaults) {
        ChatBody body = new ChatBody(exchange, tokens, defaults);
        fields.read(exchange, body);
        body.check();
        return body;
    }

    private void check() {
        if (topLogprobs >= 0 && !logprobs) {
            throw ApiException.invalid("top_logprobs", "top_logprobs: expected 'logprobs' to be true beside it");
        }
        if (!allowedTools.isEmpty()) {
            allowTools();
        }
        boolean demanded = toolChoice instanceof ToolChoice.Required || toolChoice instanceof ToolChoice.Named;
        if (demanded && tools.isEmpty()) {
            throw ApiException.invalid("tool_choice", "tool_choice: a call is demanded and 'tools' offers none");
        }
        if (toolChoice instanceof ToolChoice.Named named
                && tools.stream().noneMatch(tool -> tool.name().equals(named.name()))) {
            throw ApiException.invalid(
                    "tool_choice.function.name", "tool_choice.function.name: 'tools' offers no tool of that name");
        }
    }

    private void allowTools() {
        for (String name : allowedTools) {
            if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
                throw ApiException.invalid(
                        "tool_choice.allowed_tools.tools",
                        "tool_choice.allowed_tools.tools: 'tools' offers none that is called '" + name + "'");
            }
        }
        tools = tools.stream()
                .filter(tool -> allowedTools.contains(tool.name()))
                .toList();
    }

    void messages(List<ChatMessage> value) {
        messages = value;
    }

    List<ChatMessage> messages() {
        return messages;
    }

    void tools(List<ToolDefinition> value) {
        tools = value;
    }

    void toolChoice(ToolChoice value) {
        toolChoice = value;
    }

    /** Allows only some of the tools. */
    void allowedTools(Set<String> names) {
        allowedTools = names;
    }

    void parallelToolCalls(boolean value) {
        parallelToolCalls = value;
    }

    /** Whether an answer may hold more than one call. */
    boolean parallelToolCalls() {
        return parallelToolCalls;
    }

    void logprobs(boolean value) {
        logprobs = value;
    }

    void topLogprobs(long value) {
        topLogprobs = (int) value;
    }

    /** How many likely tokens to report with each one; empty for no log probabilities at all. */
    OptionalInt reportedLogprobs() {
        return logprobs
                ? OptionalInt.of(
                        Math.max(Math.max(topLogprobs, 0), probabilities().orElse(0)))
                : probabilities();
    }

    /** Changes how the prompt is rendered. */
    void template(Consumer<ChatTemplateOptions.Builder> change) {
        template = template.andThen(change);
    }

    /** How the answers are asked for and generated. */
    ChatOptions options() {
        return ChatOptions.builder(generation(reportedLogprobs()))
                .template(template)
                .tools(tools)
                .toolChoice(toolChoice)
                .build();
    }
}
