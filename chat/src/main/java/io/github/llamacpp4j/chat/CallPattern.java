package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a template writes calls: what stands before the name, how arguments follow, what follows the last call, and what stands
 * between two calls. {@link CallProbe} finds it out.
 *
 * @param open precedes the first call's name
 * @param arguments what follows the name
 * @param close follows the last call
 * @param joiner stands between one call and the next one's name; null if a second call cannot be written
 * @param quotedName whether the name is part of a JSON string
 */
record CallPattern(
        String open,
        CallArguments arguments,
        String close,
        @Nullable String joiner,
        boolean quotedName) {
    /** Stands for the called tool's name in the markup. */
    static final String NAME = "qlorf_name";

    /** Stands for an id in the markup. */
    static final String ID = "call00001";

    /** Stands for the number of a call in the markup. */
    static final String NUMBER = "qlorf00number";

    private static final String ID_CHARACTERS = "[a-zA-Z0-9]{9}";
    private static final String NUMBER_CHARACTERS = "[0-9]{1,3}";
    private static final Pattern PLACEHOLDER = Pattern.compile(ID + '|' + NUMBER);

    /** All that may be written: calls of these tools, from {@code skipped} characters of the opening markup on. */
    Grammar grammar(List<ToolDefinition> tools, boolean several, int skipped, TokenVocabulary vocabulary) {
        Map<String, Grammar> calls = new LinkedHashMap<>();
        for (ToolDefinition tool : tools) {
            calls.put(
                    tool.name(),
                    Grammar.sequence(List.of(
                            Grammar.markup(written(tool.name()), vocabulary), arguments.grammar(tool, vocabulary))));
        }
        List<Grammar> parts = new ArrayList<>();
        parts.add(each(calls, open.substring(skipped), vocabulary));
        if (several && joiner != null) {
            Grammar more = each(calls, joiner, vocabulary);
            parts.add(more.repeated(Grammar.sequence(List.of())).optional());
        }
        parts.add(markup(close, vocabulary));
        return Grammar.sequence(parts);
    }

    private static Grammar each(Map<String, Grammar> calls, String before, TokenVocabulary vocabulary) {
        if (!before.contains(NAME)) {
            return Grammar.sequence(List.of(markup(before, vocabulary), Grammar.anyOf(List.copyOf(calls.values()))));
        }
        List<Grammar> options = new ArrayList<>();
        calls.forEach((name, call) ->
                options.add(Grammar.sequence(List.of(markup(before.replace(NAME, name), vocabulary), call))));
        return Grammar.anyOf(options);
    }

    /** The calls of each tool, by the text up to the end of the tool's name. */
    Map<String, Grammar> byBeginning(List<ToolDefinition> tools, TokenVocabulary vocabulary) {
        Map<String, Grammar> calls = new LinkedHashMap<>();
        for (ToolDefinition tool : tools) {
            calls.put(
                    open.replace(NAME, tool.name()) + written(tool.name()),
                    Grammar.sequence(List.of(arguments.grammar(tool, vocabulary), markup(close, vocabulary))));
        }
        return calls;
    }

    private String written(String name) {
        String json = JsonTrees.write(name);
        return quotedName ? json.substring(1, json.length() - 1) : name;
    }

    /**
     * What says that a call begins.
     *
     * @param text how it is written
     * @param end where it ends in the opening markup
     */
    record Marker(String text, int end) {}

    /** The marker that the opening markup begins with, white space aside. */
    Optional<Marker> marker(List<String> known) {
        String visible = open.stripLeading();
        int space = open.length() - visible.length();
        return known.stream()
                .filter(visible::startsWith)
                .max(Comparator.comparingInt(String::length))
                .map(marker -> new Marker(marker, space + marker.length()));
    }

    static Grammar markup(String markup, TokenVocabulary vocabulary) {
        List<Grammar> parts = new ArrayList<>();
        Matcher placeholder = PLACEHOLDER.matcher(markup);
        int start = 0;
        while (placeholder.find()) {
            parts.add(Grammar.markup(markup.substring(start, placeholder.start()), vocabulary));
            parts.add(Grammar.regex(placeholder.group().equals(ID) ? ID_CHARACTERS : NUMBER_CHARACTERS));
            start = placeholder.end();
        }
        parts.add(Grammar.markup(markup.substring(start), vocabulary));
        return Grammar.sequence(parts);
    }
}
