package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.TemplateTokens;
import java.util.Map;
import java.util.Optional;

/** What a model brings along: a default template, and perhaps one for tools. */
record ModelTemplates(ChatTemplateSource otherwise) implements ChatTemplateSource {
    private static final String TOOLS = "tool_use";

    @Override
    public ChatTemplate template(Map<String, String> metadata, TemplateTokens tokens) {
        return otherwise.template(metadata, tokens);
    }

    @Override
    public Optional<ChatTemplate> toolTemplate(Map<String, String> metadata, TemplateTokens tokens) {
        return ChatTemplate.variants(metadata).contains(TOOLS)
                ? Optional.of(ChatTemplate.fromMetadata(metadata, TOOLS, tokens))
                : Optional.empty();
    }
}
