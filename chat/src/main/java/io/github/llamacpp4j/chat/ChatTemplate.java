package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import io.github.llamacpp4j.template.Template;
import io.github.llamacpp4j.template.TemplateException;
import io.github.llamacpp4j.template.TrackedText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns conversations into prompts with a model's own Jinja template. Nothing stands in for a template that is missing or
 * cannot be used: that is a {@link ChatException} with the reason, unless the caller names a built-in template.
 *
 * <p>Immutable and safe for use by several threads; parsing and probing a template takes milliseconds, so keep it.
 */
public final class ChatTemplate {
    private static final String METADATA_KEY = "tokenizer.chat_template";

    private final TemplateRenderer renderer;
    private final OutputSyntax syntax;
    private final ChatTemplateCapabilities capabilities;
    private final MessageContext.Shape shape;
    private final CallProbe calls;

    private ChatTemplate(String source, TemplateTokens tokens) {
        try {
            renderer = new TemplateRenderer(Template.parse(source), tokens);
        } catch (TemplateException e) {
            throw new ChatException(
                    "the chat template cannot be parsed: line " + e.line() + ", column " + e.column() + ": "
                            + e.reason(),
                    e);
        }
        syntax = OutputSyntax.of(source);
        CapabilityProbe.Findings findings = new CapabilityProbe(renderer, syntax).run();
        capabilities = findings.capabilities();
        shape = findings.shape();
        calls = new CallProbe(renderer, shape, syntax);
    }

    /**
     * Takes a template from its text.
     *
     * @throws ChatException if it cannot be parsed, or cannot render a user message
     */
    public static ChatTemplate parse(String source, TemplateTokens tokens) {
        return new ChatTemplate(source, tokens);
    }

    /**
     * Takes a template from a UTF-8 file.
     *
     * @throws ChatException if it cannot be parsed, or cannot render a user message
     * @throws UncheckedIOException if the file cannot be read
     */
    public static ChatTemplate read(Path file, TemplateTokens tokens) {
        try {
            return new ChatTemplate(Files.readString(file), tokens);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the chat template " + file, e);
        }
    }

    /**
     * Takes a model's default template from its GGUF metadata.
     *
     * @throws ChatException if there is none, or it cannot be used
     */
    public static ChatTemplate fromMetadata(Map<String, ?> metadata, TemplateTokens tokens) {
        return fromMetadata(metadata, METADATA_KEY, "a default chat template", tokens);
    }

    /**
     * Takes one of a model's named templates, for example {@code tool_use}, from its GGUF metadata.
     *
     * @throws ChatException if there is none of that name, or it cannot be used
     */
    public static ChatTemplate fromMetadata(Map<String, ?> metadata, String variant, TemplateTokens tokens) {
        return fromMetadata(metadata, METADATA_KEY + '.' + variant, "a chat template named " + variant, tokens);
    }

    /** Whether a model's GGUF metadata hold a default template. */
    public static boolean hasDefault(Map<String, ?> metadata) {
        return metadata.containsKey(METADATA_KEY);
    }

    /** The names of the named templates in a model's GGUF metadata, in order. */
    public static List<String> variants(Map<String, ?> metadata) {
        String prefix = METADATA_KEY + '.';
        return metadata.keySet().stream()
                .filter(each -> each.startsWith(prefix))
                .map(each -> each.substring(prefix.length()))
                .sorted()
                .toList();
    }

    private static ChatTemplate fromMetadata(Map<String, ?> metadata, String key, String what, TemplateTokens tokens) {
        if (metadata.get(key) instanceof String source) {
            return new ChatTemplate(source, tokens);
        }
        List<String> present = metadata.keySet().stream()
                .filter(each -> each.startsWith(METADATA_KEY))
                .sorted()
                .toList();
        throw new ChatException("expected " + what + " in the model's metadata (" + key + "), found "
                + (present.isEmpty() ? "none" : String.join(", ", present))
                + "; give a template file or name a built-in template such as chatml");
    }

    /**
     * Takes a built-in template: {@code chatml}, {@code llama3}, {@code zephyr}, {@code gemma} or
     * {@code hermes}, which is ChatML with tools.
     *
     * @throws ChatException if there is none of that name
     */
    public static ChatTemplate builtIn(String name, TemplateTokens tokens) {
        return new ChatTemplate(BuiltInTemplates.source(name), tokens);
    }

    /** The template's text. */
    public String source() {
        return renderer.template().source();
    }

    public ChatTemplateCapabilities capabilities() {
        return capabilities;
    }

    /** How answers to this template's prompts are written. */
    public OutputSyntax outputSyntax() {
        return syntax;
    }

    /**
     * Renders a conversation.
     *
     * @throws ChatException if the template refuses it, or it holds something that cannot be rendered
     */
    public RenderedPrompt render(List<? extends ChatMessage> messages, ChatTemplateOptions options) {
        MessageContext context = new MessageContext(shape);
        List<Map<String, @Nullable Object>> variables = context.messages(messages);
        try {
            return options.continueFinalMessage()
                    ? continued(messages, variables, options, context)
                    : rendered(variables, options, context);
        } catch (TemplateException e) {
            throw new ChatException(
                    "the chat template refuses the conversation: " + e.reason() + " (" + e.kind() + ", line " + e.line()
                            + ")",
                    e);
        }
    }

    private RenderedPrompt rendered(
            List<Map<String, @Nullable Object>> messages, ChatTemplateOptions options, MessageContext context) {
        TrackedText prompt = renderer.render(messages, options, options.addGenerationPrompt());
        String answer = options.addGenerationPrompt()
                ? addition(renderer.render(messages, options, false).text(), prompt.text())
                : "";
        return new RenderedPrompt(prompt.text(), spans(prompt, prompt.text().length()), answer, context.systemFolded());
    }

    /** Renders all messages and drops what the template writes behind the text of the last one. */
    private RenderedPrompt continued(
            List<? extends ChatMessage> messages,
            List<Map<String, @Nullable Object>> variables,
            ChatTemplateOptions options,
            MessageContext context) {
        ChatMessage last = messages.isEmpty() ? null : messages.getLast();
        if (!(last instanceof ChatMessage.AssistantMessage answer)
                || !answer.toolCalls().isEmpty()) {
            throw new ChatException("only an assistant message without tool calls can be continued, found "
                    + (last == null ? "no message" : "a message of role " + last.role()));
        }
        String open = (answer.text().isBlank() ? answer.reasoning() : answer.text()).stripTrailing();
        TrackedText whole = renderer.render(variables, options, false);
        int start = open.isEmpty() ? -1 : whole.text().lastIndexOf(open.strip());
        if (start < 0) {
            throw new ChatException("the last message cannot be continued: "
                    + (open.isEmpty() ? "it is empty" : "the template does not write its text as it is"));
        }
        int end = start + open.strip().length();
        String before = renderer.render(variables.subList(0, variables.size() - 1), options, false)
                .text();
        String text = whole.text().substring(0, end);
        return new RenderedPrompt(text, spans(whole, end), addition(before, text), context.systemFolded());
    }

    private static List<RenderedPrompt.Span> spans(TrackedText text, int end) {
        List<RenderedPrompt.Span> spans = new ArrayList<>();
        for (TrackedText.Span span : text.values()) {
            if (span.start() < end) {
                spans.add(new RenderedPrompt.Span(span.start(), Math.min(end, span.end())));
            }
        }
        return spans;
    }

    /** What {@code longer} has behind the beginning that both share. */
    static String addition(String shorter, String longer) {
        int limit = Math.min(shorter.length(), longer.length());
        int shared = 0;
        while (shared < limit && shorter.charAt(shared) == longer.charAt(shared)) {
            shared++;
        }
        return longer.substring(shared);
    }

    /**
     * A grammar of whole answers whose text is constrained: reasoning may come first where the prompt and the options allow it,
     * or must where the prompt has begun it.
     *
     * @param prompt what the answer belongs to
     * @param options what it was rendered with
     * @param text what the text for the user may be
     * @param vocabulary the model's tokens
     * @throws ChatException if the syntax of this template's answers cannot be constrained
     */
    public Grammar textGrammar(
            RenderedPrompt prompt, ChatTemplateOptions options, Grammar text, TokenVocabulary vocabulary) {
        return grammars(prompt, options, vocabulary).text(text);
    }

    /**
     * A grammar of whole answers that call at least one of the offered tools with arguments that its schema allows. Reasoning may
     * come first as in {@link #textGrammar}.
     *
     * @param prompt what the answer belongs to
     * @param options what it was rendered with, the tools among them
     * @param choice {@link ToolChoice.Named} allows one call of that tool, everything else calls of any tool
     * @param vocabulary the model's tokens
     * @throws ChatException if the template writes calls in a way that cannot be constrained, or there is no such tool
     * @throws io.github.llamacpp4j.grammar.SchemaException if a tool's parameters are a schema that cannot be enforced
     */
    public Grammar toolCallGrammar(
            RenderedPrompt prompt, ChatTemplateOptions options, ToolChoice choice, TokenVocabulary vocabulary) {
        return grammars(prompt, options, vocabulary).toolCalls(options.tools(), choice);
    }

    /**
     * A grammar of answers in free text that leaves no choice but a valid call of an offered tool once the template's opening marker
     * of a call has been written.
     *
     * @return the grammar; empty if calls have no opening marker or cannot be constrained
     * @throws io.github.llamacpp4j.grammar.SchemaException if a tool's parameters are a schema that cannot be enforced
     */
    public Optional<Grammar> lazyToolCallGrammar(
            RenderedPrompt prompt, ChatTemplateOptions options, TokenVocabulary vocabulary) {
        return grammars(prompt, options, vocabulary).lazyToolCalls(options.tools());
    }

    private AnswerGrammars grammars(RenderedPrompt prompt, ChatTemplateOptions options, TokenVocabulary vocabulary) {
        AnswerOpening opening = new AnswerOpening(
                syntax.rules(),
                prompt.generationPrompt(),
                options.enableThinking().orElse(true),
                vocabulary);
        return new AnswerGrammars(syntax.rules(), calls, opening, vocabulary);
    }

    /** A parser for the answer to a prompt of this template. */
    public OutputParser parser(RenderedPrompt prompt, ChatTemplateOptions options) {
        return syntax.parser(options.tools(), prompt.generationPrompt());
    }
}
