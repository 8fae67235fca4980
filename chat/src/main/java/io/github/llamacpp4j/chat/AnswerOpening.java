package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.LazyTrigger;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Grammars of what stands before the text or the calls of an answer: reasoning, and markup that opens the text. */
final class AnswerOpening {
    private static final String ANALYSIS = ChannelSyntax.CHANNEL + "analysis" + ChannelSyntax.MESSAGE;
    private static final String ASSISTANT = ChannelSyntax.START + "assistant";
    private static final String END = "<|end|>";
    private static final String SPACE = "[ \\t\\n]{0,4}";

    private final SyntaxRules rules;
    private final String generationPrompt;
    private final boolean thinking;
    private final TokenVocabulary vocabulary;

    /** {@code thinking}: whether the model may begin a thought that the prompt has not begun. */
    AnswerOpening(SyntaxRules rules, String generationPrompt, boolean thinking, TokenVocabulary vocabulary) {
        this.rules = rules;
        this.generationPrompt = generationPrompt;
        this.thinking = thinking;
        this.vocabulary = vocabulary;
    }

    /** The answer's visible part, after the reasoning that may or must come first. */
    Grammar before(Grammar visible) {
        if (rules.channels() != null) {
            return inChannels(visible);
        }
        TagSyntax tags = rules.tags();
        Optional<ReasoningTags> open = tags.openIn(generationPrompt);
        if (open.isPresent()) {
            return until(open.get().close(), visible);
        }
        if (!thinking || isClosed(tags)) {
            return visible;
        }
        List<Grammar> options = new ArrayList<>(List.of(visible));
        for (ReasoningTags each : tags.reasoning()) {
            if (!each.open().isEmpty()) {
                options.add(Grammar.sequence(List.of(markup(each.open()), until(each.close(), visible))));
            }
        }
        return Grammar.anyOf(options);
    }

    /** The text, with the markup that may open it. */
    Grammar opened(Grammar text, String opener) {
        if (!opener.isEmpty()) {
            return Grammar.sequence(List.of(markup(opener), text));
        }
        TagSyntax tags = rules.tags();
        if (!tags.primer().isEmpty() && generationPrompt.endsWith(tags.primer())) {
            return tags.silent().stream()
                    .filter(each -> each.startsWith(tags.primer()))
                    .findFirst()
                    .map(each -> markup(each.substring(tags.primer().length())))
                    .map(each -> Grammar.sequence(List.of(each, text)))
                    .orElse(text);
        }
        if (tags.textOpeners().isEmpty()) {
            return text;
        }
        List<Grammar> openers = tags.textOpeners().stream().map(this::markup).toList();
        return Grammar.sequence(List.of(Grammar.anyOf(openers).optional(), text));
    }

    private Grammar inChannels(Grammar visible) {
        if (!generationPrompt.stripTrailing().endsWith(ASSISTANT)) {
            throw new ChatException(
                    "an answer in channels can only be constrained from its beginning, but the prompt ends with "
                            + JsonTrees.quoteShort(generationPrompt));
        }
        if (!thinking) {
            return visible;
        }
        Grammar thought = Grammar.sequence(List.of(
                markup(ANALYSIS), until(END, Grammar.sequence(List.of(markup(ASSISTANT), visible)))));
        return Grammar.anyOf(List.of(visible, thought));
    }

    private boolean isClosed(TagSyntax tags) {
        return tags.reasoning().stream().anyMatch(each -> generationPrompt.contains(each.close()));
    }

    private Grammar until(String close, Grammar then) {
        Grammar spaced = Grammar.sequence(List.of(Grammar.regex(SPACE), then));
        return spaced.after(
                LazyTrigger.builder().markup(close, vocabulary).required(true).build());
    }

    private Grammar markup(String text) {
        return Grammar.markup(text, vocabulary);
    }
}
