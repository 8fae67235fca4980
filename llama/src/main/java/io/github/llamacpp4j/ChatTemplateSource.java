package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatException;
import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.TemplateTokens;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a {@link Llama} takes its chat template from. Nothing stands in for a template that is missing or cannot be used:
 * the first chat fails with the reason. Implementations are thread-safe.
 */
@FunctionalInterface
public interface ChatTemplateSource {

    /**
     * Makes the template.
     *
     * @param metadata the model's metadata
     * @param tokens how the model writes the beginning and the end of a text
     * @throws ChatException if there is no usable template
     */
    ChatTemplate template(Map<String, String> metadata, TemplateTokens tokens);

    /**
     * Makes the template for conversations with tools, where it is another one.
     *
     * @param metadata the model's metadata
     * @param tokens how the model writes the beginning and the end of a text
     * @return empty if {@link #template} serves tools too, which is what this implementation says
     * @throws ChatException if there is such a template, but it cannot be used
     */
    default Optional<ChatTemplate> toolTemplate(Map<String, String> metadata, TemplateTokens tokens) {
        return Optional.empty();
    }

    /**
     * The model's own templates: its default one and, where tools are offered and it has one of that name, {@code tool_use}, as
     * Hugging Face transformers chooses. The default.
     */
    static ChatTemplateSource model() {
        return new ModelTemplates(ChatTemplate::fromMetadata);
    }

    /** One of the model's named templates, such as {@code tool_use}. */
    static ChatTemplateSource variant(String name) {
        return (metadata, tokens) -> ChatTemplate.fromMetadata(metadata, name, tokens);
    }

    /** A file with a Jinja template, read when the first chat begins. */
    static ChatTemplateSource file(Path file) {
        return (metadata, tokens) -> ChatTemplate.read(file, tokens);
    }

    /** A Jinja template as text. */
    static ChatTemplateSource text(String jinja) {
        return (metadata, tokens) -> ChatTemplate.parse(jinja, tokens);
    }

    /**
     * A template that this library brings along: {@code chatml}, {@code llama3}, {@code zephyr}, {@code gemma} or {@code hermes}, which
     * is ChatML with tools.
     */
    static ChatTemplateSource builtIn(String name) {
        return (metadata, tokens) -> ChatTemplate.builtIn(name, tokens);
    }

    /** What a person names: an existing file, else one of the model's named templates, else a built-in one. */
    static ChatTemplateSource named(String fileOrName) {
        return (metadata, tokens) -> {
            if (new File(fileOrName).isFile()) {
                return ChatTemplate.read(new File(fileOrName).toPath(), tokens);
            }
            return ChatTemplate.variants(metadata).contains(fileOrName)
                    ? ChatTemplate.fromMetadata(metadata, fileOrName, tokens)
                    : ChatTemplate.builtIn(fileOrName, tokens);
        };
    }

    /** As {@link #model}, with the built-in template of this name if the model brings no default one. */
    static ChatTemplateSource modelOr(String builtIn) {
        return new ModelTemplates((metadata, tokens) -> ChatTemplate.hasDefault(metadata)
                ? ChatTemplate.fromMetadata(metadata, tokens)
                : ChatTemplate.builtIn(builtIn, tokens));
    }
}
