package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a template writes a call whose arguments are one JSON object: what stands before the name, between name and
 * arguments, behind them, and between two calls. {@link CallProbe} finds it out.
 *
 * @param open precedes the first call's name
 * @param middle stands between name and arguments
 * @param close follows the last call
 * @param joiner stands between one call's arguments and the next one's name; null if a second call cannot be written
 * @param quotedName whether the name is part of a JSON string
 */
record CallPattern(
        String open, String middle, String close, @Nullable String joiner, boolean quotedName) {
    /** Stands for an id in the markup. */
    static final String ID = "call00001";

    private static final String ID_CHARACTERS = "[a-zA-Z0-9]{9}";

    /** All that may be written: calls of these tools, from {@code skipped} characters of the opening markup on. */
    Grammar grammar(List<ToolDefinition> tools, boolean several, int skipped, TokenVocabulary vocabulary) {
        List<Grammar> options = new ArrayList<>();
        for (ToolDefinition tool : tools) {
            String name = quotedName ? unquoted(JsonTrees.write(tool.name())) : tool.name();
            options.add(Grammar.sequence(
                    List.of(Grammar.markup(name, vocabulary), markup(middle, vocabulary), ArgumentGrammar.of(tool))));
        }
        Grammar call = Grammar.anyOf(options);
        Grammar calls = several && joiner != null ? call.repeated(markup(joiner, vocabulary)) : call;
        return Grammar.sequence(List.of(markup(open.substring(skipped), vocabulary), calls, markup(close, vocabulary)));
    }

    private static String unquoted(String json) {
        return json.substring(1, json.length() - 1);
    }

    /** The block marker that the opening markup begins with, white space aside, and where it ends. */
    Optional<Map.Entry<String, Integer>> marker(List<String> known) {
        String visible = open.stripLeading();
        int space = open.length() - visible.length();
        return known.stream()
                .filter(visible::startsWith)
                .max(java.util.Comparator.comparingInt(String::length))
                .map(marker -> Map.entry(marker, space + marker.length()));
    }

    private static Grammar markup(String markup, TokenVocabulary vocabulary) {
        List<Grammar> parts = new ArrayList<>();
        int start = 0;
        for (int id = markup.indexOf(ID); id >= 0; id = markup.indexOf(ID, start)) {
            parts.add(Grammar.markup(markup.substring(start, id), vocabulary));
            parts.add(Grammar.regex(ID_CHARACTERS));
            start = id + ID.length();
        }
        parts.add(Grammar.markup(markup.substring(start), vocabulary));
        return Grammar.sequence(parts);
    }
}
