package io.github.llamacpp4j.chat;

import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.MemberNotation;
import io.github.llamacpp4j.grammar.SchemaOptions;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a template writes what follows the name of a call: the arguments, up to the markup that closes the call. */
sealed interface CallArguments {

    /** Models keep to the spacing that they were trained on. */
    SchemaOptions COMPACT_OR_SPACED = SchemaOptions.builder()
            .whitespace(SchemaOptions.Whitespace.OPTIONAL_SPACE)
            .build();

    /** What may follow the name of a call of this tool. */
    Grammar grammar(ToolDefinition tool, TokenVocabulary vocabulary);

    /** A schema that says nothing about members allows none; one that says nothing of a type means an object. */
    static Map<String, @Nullable Object> schema(ToolDefinition tool) {
        Map<String, @Nullable Object> schema = new LinkedHashMap<>(tool.parameters());
        schema.putIfAbsent("type", "object");
        if (tool.parameters().isEmpty()) {
            schema.put("properties", Map.of());
        }
        return schema;
    }

    /**
     * One JSON object.
     *
     * @param before the ways to write what stands before the object
     */
    record Json(List<String> before) implements CallArguments {
        public Json {
            before = List.copyOf(before);
        }

        @Override
        public Grammar grammar(ToolDefinition tool, TokenVocabulary vocabulary) {
            Grammar object = Grammar.ofSchema(schema(tool), COMPACT_OR_SPACED).grammar();
            List<Grammar> ways = before.stream()
                    .map(each -> CallPattern.markup(each, vocabulary))
                    .toList();
            return Grammar.sequence(List.of(Grammar.anyOf(ways), object));
        }
    }

    /**
     * Names and values with markup around them.
     *
     * @param first stands before the first name
     * @param separator stands between a value and the next name
     * @param last stands behind the last value
     * @param none stands for no arguments at all; null if that cannot be written
     * @param beforeText stands between name and text
     * @param beforeValue stands between name and a value that is no text
     * @param values how values are written that are no bare text
     * @param bareText whether texts are written without quotes
     * @param sorted whether names are in alphabetical order
     * @param forbidden texts that end a value
     */
    record Members(
            String first,
            String separator,
            String last,
            @Nullable String none,
            String beforeText,
            String beforeValue,
            MemberNotation.Values values,
            boolean bareText,
            boolean sorted,
            List<String> forbidden)
            implements CallArguments {
        /** Surrounds strings in Gemma's notation. */
        static final String DELIMITER = "<|\"|>";

        private static final String NAMES = "[^\\u0000- =:,;(){}<>\"'&/]+";

        public Members {
            forbidden = List.copyOf(forbidden);
        }

        @Override
        public Grammar grammar(ToolDefinition tool, TokenVocabulary vocabulary) {
            Map<String, @Nullable Object> schema = schema(tool);
            MemberNotation.Builder notation = MemberNotation.builder()
                    .around(markup(first, vocabulary), markup(separator, vocabulary), markup(last, vocabulary))
                    .none(none == null ? null : markup(none, vocabulary))
                    .beforeValue(markup(beforeText, vocabulary), markup(beforeValue, vocabulary))
                    .values(values)
                    .delimiter(DELIMITER, markup(DELIMITER, vocabulary))
                    .names(NAMES)
                    .style(name -> style(schema, name));
            forbidden.forEach(notation::forbid);
            return Grammar.ofMembers(sorted ? sorted(schema) : schema, notation.build(), options())
                    .grammar();
        }

        private SchemaOptions options() {
            return values == MemberNotation.Values.DELIMITED
                    ? SchemaOptions.builder()
                            .whitespace(SchemaOptions.Whitespace.COMPACT)
                            .build()
                    : COMPACT_OR_SPACED;
        }

        private static Grammar markup(String text, TokenVocabulary vocabulary) {
            return CallPattern.markup(text, vocabulary);
        }

        /** As the parser will read the value. */
        private MemberNotation.Style style(Map<String, @Nullable Object> schema, String name) {
            if (!bareText) {
                return MemberNotation.Style.VALUE;
            }
            if (!beforeText.equals(beforeValue)) {
                return MemberNotation.Style.MARKED;
            }
            ArgumentTypes types = ArgumentSchema.of(schema).member(name).types();
            if (types.onlyString()) {
                return MemberNotation.Style.TEXT;
            }
            return types.allowsString() ? MemberNotation.Style.TEXT_OR_VALUE : MemberNotation.Style.VALUE;
        }

        private static Map<String, @Nullable Object> sorted(Map<String, @Nullable Object> schema) {
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            schema.forEach((key, value) -> result.put(key, sorted(key, value)));
            return result;
        }

        @SuppressWarnings("unchecked") // keys of JSON objects are strings
        private static @Nullable Object sorted(String key, @Nullable Object value) {
            if (value instanceof List<?> list) {
                List<@Nullable Object> elements = new ArrayList<>();
                list.forEach(element -> elements.add(sorted("", element)));
                return elements;
            }
            if (!(value instanceof Map<?, ?> map)) {
                return value;
            }
            Map<String, @Nullable Object> members = sorted((Map<String, @Nullable Object>) map);
            return key.equals("properties") ? new TreeMap<>(members) : members;
        }
    }
}
