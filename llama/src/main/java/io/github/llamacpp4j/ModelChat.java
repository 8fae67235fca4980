package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatMessage;
import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.ChatTemplateOptions;
import io.github.llamacpp4j.chat.OutputParser;
import io.github.llamacpp4j.chat.PromptTokenizer;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.chat.TemplateTokens;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.chat.VocabularyToken;
import io.github.llamacpp4j.chat.VocabularyToken.Kind;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.TokenAttribute;
import io.github.llamacpp4j.model.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model's chat template together with the tokenizer that keeps messages from becoming markup. Thread-safe. */
final class ModelChat {

    private final ChatTemplate template;
    private final PromptTokenizer tokenizer;
    private final @Nullable ModelChat withTools;

    private ModelChat(ChatTemplate template, PromptTokenizer tokenizer, @Nullable ModelChat withTools) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.withTools = withTools;
    }

    static ModelChat of(Model model, ChatTemplateSource source) {
        Tokenizer vocabulary = model.tokenizer();
        TemplateTokens tokens = new TemplateTokens(
                spelling(vocabulary, vocabulary.specialTokens().beginning()),
                spelling(vocabulary, vocabulary.specialTokens().end()));
        Map<String, String> metadata = model.info().metadata();
        List<VocabularyToken> matched = matchedTokens(vocabulary);
        ModelChat withTools = source.toolTemplate(metadata, tokens)
                .map(template -> of(template, vocabulary, matched, null))
                .orElse(null);
        return of(source.template(metadata, tokens), vocabulary, matched, withTools);
    }

    private static ModelChat of(
            ChatTemplate template, Tokenizer vocabulary, List<VocabularyToken> matched, @Nullable ModelChat withTools) {
        OptionalInt beginning =
                vocabulary.addsBeginning() ? vocabulary.specialTokens().beginning() : OptionalInt.empty();
        return new ModelChat(
                template,
                new PromptTokenizer(
                        matched,
                        (text, parseSpecial) -> vocabulary.encode(text, false, parseSpecial),
                        template.source(),
                        beginning),
                withTools);
    }

    /** What serves a conversation with these options: another template where tools are offered and the model has one for them. */
    ModelChat serving(ChatOptions options) {
        return withTools == null || offered(options).tools().isEmpty() ? this : withTools;
    }

    private static String spelling(Tokenizer vocabulary, OptionalInt token) {
        return token.isPresent() ? vocabulary.spelling(token.getAsInt()) : "";
    }

    private static List<VocabularyToken> matchedTokens(Tokenizer vocabulary) {
        List<VocabularyToken> matched = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            Set<TokenAttribute> attributes = vocabulary.attributes(id);
            boolean userDefined = attributes.contains(TokenAttribute.USER_DEFINED);
            if (userDefined
                    || attributes.contains(TokenAttribute.CONTROL)
                    || attributes.contains(TokenAttribute.UNKNOWN)) {
                matched.add(new VocabularyToken(
                        new String(vocabulary.piece(id, true), StandardCharsets.UTF_8),
                        id,
                        userDefined ? Kind.USER_DEFINED : Kind.CONTROL,
                        attributes.contains(TokenAttribute.LSTRIP),
                        attributes.contains(TokenAttribute.RSTRIP)));
            }
        }
        return matched.stream().filter(token -> !token.text().isEmpty()).toList();
    }

    ChatTemplate template() {
        return template;
    }

    RenderedPrompt render(List<? extends ChatMessage> messages, ChatOptions options) {
        return template.render(messages, offered(options));
    }

    OutputParser parser(RenderedPrompt prompt, ChatOptions options) {
        return template.parser(prompt, offered(options));
    }

    /** What the answer may be, if that is not everything. */
    Optional<AnswerRules> rules(RenderedPrompt prompt, ChatOptions options) {
        return AnswerRules.of(template, prompt, offered(options), options);
    }

    private static ChatTemplateOptions offered(ChatOptions options) {
        return options.toolChoice() instanceof ToolChoice.None
                ? options.template().toBuilder().tools(List.of()).build()
                : options.template();
    }

    int[] tokenize(RenderedPrompt prompt) {
        return tokenizer.tokenize(prompt);
    }
}
