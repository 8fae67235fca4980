package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.LazyTrigger;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Grammars of the whole answers to one prompt. */
final class AnswerGrammars {
    private final SyntaxRules rules;
    private final CallProbe probe;
    private final AnswerOpening opening;
    private final TokenVocabulary vocabulary;

    AnswerGrammars(SyntaxRules rules, CallProbe probe, AnswerOpening opening, TokenVocabulary vocabulary) {
        this.rules = rules;
        this.probe = probe;
        this.opening = opening;
        this.vocabulary = vocabulary;
    }

    Grammar text(Grammar text) {
        String opener = rules.channels() == null ? "" : probe.textOpener();
        return opening.before(opening.opened(text, opener));
    }

    Grammar toolCalls(List<ToolDefinition> tools, ToolChoice choice) {
        if (tools.isEmpty()) {
            throw new ChatException("a call of a tool is demanded, but no tools are offered");
        }
        List<ToolDefinition> allowed = choice instanceof ToolChoice.Named named
                ? tools.stream()
                        .filter(tool -> tool.name().equals(named.name()))
                        .toList()
                : tools;
        if (allowed.isEmpty()) {
            throw new ChatException(
                    "a call of a tool is demanded that is not offered: found " + choice + ", expected one of "
                            + tools.stream().map(ToolDefinition::name).toList());
        }
        CallPattern pattern = probe.run()
                .orElseThrow(
                        () -> new ChatException("tool calls cannot be demanded with this chat template: it does not"
                                + " write calls as a name with a JSON object of arguments; let the model decide (ToolChoice.auto)"
                                + " or use another template"));
        return opening.before(pattern.grammar(allowed, !(choice instanceof ToolChoice.Named), 0, vocabulary));
    }

    Optional<Grammar> lazyToolCalls(List<ToolDefinition> tools) {
        if (tools.isEmpty() || rules.channels() != null) {
            return Optional.empty();
        }
        List<String> markers =
                rules.tags().blocks().stream().map(ToolBlock::marker).toList();
        return probe.run().flatMap(pattern -> pattern.marker(markers).map(marker -> lazy(tools, pattern, marker)));
    }

    private Grammar lazy(List<ToolDefinition> tools, CallPattern pattern, Map.Entry<String, Integer> marker) {
        LazyTrigger trigger = LazyTrigger.builder()
                .markup(marker.getKey(), vocabulary)
                .repeated(true)
                .build();
        return pattern.grammar(tools, true, marker.getValue(), vocabulary).after(trigger);
    }
}
