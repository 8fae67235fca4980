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
        CallPattern pattern = probe.pattern()
                .orElseThrow(
                        () -> new ChatException("tool calls cannot be demanded with this chat template: it does not"
                                + " show tools to the model, or writes calls in a form that is not known; let the model decide"
                                + " (ToolChoice.auto) or use another template, such as the built-in hermes"));
        return opening.before(pattern.grammar(allowed, !(choice instanceof ToolChoice.Named), 0, vocabulary));
    }

    Optional<Grammar> lazyToolCalls(List<ToolDefinition> tools) {
        return tools.isEmpty() ? Optional.empty() : probe.pattern().flatMap(pattern -> lazy(tools, pattern));
    }

    private Optional<Grammar> lazy(List<ToolDefinition> tools, CallPattern pattern) {
        Optional<CallPattern.Marker> marker = marker(pattern);
        if (marker.isEmpty()) {
            Map<String, Grammar> calls = pattern.byBeginning(tools, vocabulary);
            boolean plain = calls.keySet().stream()
                    .allMatch(text -> LazyTrigger.leadingPiece(text, vocabulary).equals(text));
            return plain ? Optional.of(Grammar.afterAny(calls)) : Optional.empty();
        }
        String whole = marker.get().text();
        String trigger = LazyTrigger.leadingPiece(whole, vocabulary);
        int end = marker.get().end() - whole.length() + trigger.length();
        LazyTrigger built =
                LazyTrigger.builder().markup(trigger, vocabulary).repeated(true).build();
        boolean ends = built.tokens().stream().anyMatch(vocabulary::isEndOfGeneration);
        return ends
                ? Optional.empty()
                : Optional.of(pattern.grammar(tools, true, end, vocabulary).after(built));
    }

    /** What in the opening markup says that a call begins. */
    private Optional<CallPattern.Marker> marker(CallPattern pattern) {
        ChannelSyntax channels = rules.channels();
        if (channels == null) {
            return pattern.marker(
                    rules.tags().blocks().stream().map(ToolBlock::marker).toList());
        }
        String open = pattern.open();
        if (channels.body() instanceof ToolSyntax.Tagged tagged && open.endsWith(tagged.callOpen())) {
            return Optional.of(new CallPattern.Marker(tagged.callOpen(), open.length()));
        }
        return open.isBlank() || open.contains(CallPattern.NAME)
                ? Optional.empty()
                : Optional.of(new CallPattern.Marker(open.stripLeading(), open.length()));
    }
}
