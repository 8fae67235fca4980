package io.github.llamacpp4j.server;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a model is to read, as OpenAI's API takes it: a text or its tokens. Immutable. */
sealed interface Prompt {

    /** The most tokens that are read; models take fewer. */
    int MOST_TOKENS = 1 << 20;

    /** A text, which gets the special tokens that the model wants. */
    record Text(String text) implements Prompt {}

    /** Tokens, which the model gets as they are. */
    record Tokens(List<Integer> ids) implements Prompt {

        /** The ids as the library takes them. */
        int[] array() {
            return ids.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    /** What {@link #list} reads. */
    static ObjectNode schema(int most) {
        return Schemas.anyOf(
                Schemas.type("string"),
                tokensSchema(),
                Schemas.array(Schemas.anyOf(Schemas.type("string"), tokensSchema()), 1, most));
    }

    private static ObjectNode tokensSchema() {
        return Schemas.array(Schemas.type("integer").put("minimum", 0), 1, MOST_TOKENS);
    }

    /**
     * Reads a text, tokens, or an array of either.
     *
     * @param most how many there may be in an array
     * @param vocabularySize how many tokens the model has; ids run from 0 to this number exclusive
     * @throws ApiException if the value is anything else
     */
    static List<Prompt> list(Value value, int most, int vocabularySize) {
        if (value.node().isString()) {
            return List.of(new Text(value.text()));
        }
        if (!value.node().isArray()) {
            throw value.expected("a text, token ids, or an array of either");
        }
        if (value.node().path(0).isNumber()) {
            return List.of(tokens(value, vocabularySize));
        }
        return value.items(1, most).stream()
                .map(item -> one(item, vocabularySize))
                .toList();
    }

    private static Prompt one(Value value, int vocabularySize) {
        if (value.node().isString()) {
            return new Text(value.text());
        }
        if (!value.node().isArray()) {
            throw value.expected("a text or token ids");
        }
        return tokens(value, vocabularySize);
    }

    private static Prompt tokens(Value value, int vocabularySize) {
        return new Tokens(value.items(1, MOST_TOKENS).stream()
                .map(id -> (int) id.integer(0, vocabularySize - 1))
                .toList());
    }
}
