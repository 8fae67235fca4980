package io.github.llamacpp4j;

import io.github.llamacpp4j.chat.ChatJson;
import io.github.llamacpp4j.chat.ChatTemplate;
import io.github.llamacpp4j.chat.ChatTemplateOptions;
import io.github.llamacpp4j.chat.RenderedPrompt;
import io.github.llamacpp4j.chat.ToolChoice;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the whole answer of a chat may be: a constrained text, tool calls, or free text with valid tool calls, after reasoning.
 *
 * @param key equal for equal grammars of one template
 * @param grammar makes the grammar; empty if the answer is free after all
 */
record AnswerRules(Object key, Function<TokenVocabulary, Optional<Grammar>> grammar) {

    private record Key(
            Optional<OutputConstraint> text,
            String tools,
            ToolChoice choice,
            String generationPrompt,
            Optional<Boolean> thinking) {}

    static Optional<AnswerRules> of(
            ChatTemplate template, RenderedPrompt prompt, ChatTemplateOptions offered, ChatOptions options) {
        Optional<OutputConstraint> text = options.generation().constraint();
        ToolChoice choice = options.toolChoice();
        boolean demanded = choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named;
        boolean tools = !offered.tools().isEmpty();
        if (text.isEmpty() && !demanded && !tools) {
            return Optional.empty();
        }
        Key key = new Key(
                text,
                ChatJson.writeTools(offered.tools()),
                choice,
                prompt.generationPrompt(),
                offered.enableThinking());
        return Optional.of(new AnswerRules(key, vocabulary -> {
            if (demanded) {
                return Optional.of(template.toolCallGrammar(prompt, offered, choice, vocabulary));
            }
            if (text.isEmpty()) {
                return template.lazyToolCallGrammar(prompt, offered, vocabulary);
            }
            Grammar answer = template.textGrammar(prompt, offered, text.get().grammar(vocabulary), vocabulary);
            return Optional.of(
                    tools
                            ? Grammar.anyOf(
                                    List.of(answer, template.toolCallGrammar(prompt, offered, choice, vocabulary)))
                            : answer);
        }));
    }
}
