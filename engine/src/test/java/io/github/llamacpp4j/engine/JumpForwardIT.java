package io.github.llamacpp4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.grammar.CompiledGrammar;
import io.github.llamacpp4j.grammar.Grammar;
import io.github.llamacpp4j.grammar.GrammarCursor;
import io.github.llamacpp4j.grammar.SchemaOptions;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import io.github.llamacpp4j.model.Model;
import io.github.llamacpp4j.model.ModelOptions;
import io.github.llamacpp4j.testkit.base.SharedCorpora;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Forced text with real tokenizers: where a model that would write a text as its tokenizer cuts it is spared some tokens, it is given
 * the very same ones.
 */
class JumpForwardIT {

    private static final List<String> WORDS = List.of(
            "name",
            "international",
            "internal",
            "Straße",
            "住所",
            "emoji 😀",
            " leading",
            "x_y",
            "1234567",
            "a\nb",
            "\"q\"",
            "é́");

    private final Random random = new Random(20);

    @ParameterizedTest
    @ValueSource(strings = {"llama-spm", "gpt-2", "llama-bpe", "deepseek-coder"})
    void forcedTokensAreThoseOfTheWholeText(String name) {
        try (Model model = vocabulary(name)) {
            ModelVocabulary vocabulary = new ModelVocabulary(model);
            int forced = 0;
            int all = 0;
            for (int i = 0; i < 40; i++) {
                Map<String, Object> written = new LinkedHashMap<>();
                CompiledGrammar grammar = grammar(schema(written), vocabulary.grammarVocabulary());
                int[] tokens = vocabulary.tokenizeContinuation(utf8(json(written)));
                forced += walk(grammar.cursor(), tokens, vocabulary::tokenizeContinuation);
                all += tokens.length;
            }
            assertThat(forced).as("of %d tokens", all).isGreaterThan(all / 2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-spm", "gpt-2"})
    void theTokenizersWorkGrowsWithTheLengthOfTheTextOnly(String name) {
        try (Model model = vocabulary(name)) {
            ModelVocabulary vocabulary = new ModelVocabulary(model);
            String pieces = "a piece of ▁ text ";
            String text = pieces.repeat(300);
            CompiledGrammar grammar = grammar(Map.of("const", text), vocabulary.grammarVocabulary());
            long[] asked = {0};
            GrammarCursor cursor = grammar.cursor();
            int sampled = 0;
            int length = 0;
            while (!cursor.isComplete()) {
                int[] forced = cursor.forcedTokens(part -> {
                    asked[0] += part.length;
                    return vocabulary.tokenizeContinuation(part);
                });
                for (int token : forced) {
                    cursor.accept(token);
                    length += vocabulary.text(token).length;
                }
                if (!cursor.isComplete()) {
                    int token = longest(cursor, vocabulary);
                    cursor.accept(token);
                    length += vocabulary.text(token).length;
                    sampled++;
                }
            }
            assertThat(length).isEqualTo(utf8("\"" + text + "\"").length);
            assertThat(asked[0]).as("%d tokens sampled", sampled).isLessThan(16L * length + 300L * sampled);
        }
    }

    private static int longest(GrammarCursor cursor, ModelVocabulary vocabulary) {
        int longest = -1;
        for (int token = 0; token < vocabulary.size(); token++) {
            if (vocabulary.text(token).length > (longest < 0 ? 0 : vocabulary.text(longest).length)
                    && cursor.accepts(token)) {
                longest = token;
            }
        }
        return longest;
    }

    private static int walk(GrammarCursor cursor, int[] tokens, Function<byte[], int[]> tokenizer) {
        int forced = 0;
        int position = 0;
        while (position < tokens.length) {
            int[] next = cursor.forcedTokens(tokenizer);
            int[] expected = Arrays.copyOfRange(tokens, position, Math.min(tokens.length, position + next.length));
            assertThat(next)
                    .as("at %d of %s", position, Arrays.toString(tokens))
                    .isEqualTo(expected);
            for (int token : next) {
                cursor.accept(token);
            }
            position += next.length;
            forced += next.length;
            if (position < tokens.length) {
                cursor.accept(tokens[position++]);
            }
        }
        assertThat(cursor.isComplete()).isTrue();
        return forced;
    }

    /** A schema of an object, one instance of which is put into {@code written}. */
    private Map<String, Object> schema(Map<String, Object> written) {
        Map<String, Object> properties = new LinkedHashMap<>();
        int members = 1 + random.nextInt(5);
        for (int i = 0; i < members; i++) {
            String key = word() + " " + word();
            switch (random.nextInt(4)) {
                case 0 -> {
                    String text = word().repeat(1 + random.nextInt(40));
                    properties.put(key, Map.of("const", text));
                    written.put(key, text);
                }
                case 1 -> {
                    properties.put(key, Map.of("enum", List.of("international", "internal", "intern", "other")));
                    written.put(key, random.nextBoolean() ? "international" : "internal");
                }
                case 2 -> {
                    properties.put(key, Map.of("type", "string"));
                    written.put(key, word() + word());
                }
                default -> {
                    properties.put(key, Map.of("type", "integer"));
                    written.put(key, random.nextInt(10_000) - 5_000);
                }
            }
        }
        return Map.of("type", "object", "properties", properties, "required", new ArrayList<>(properties.keySet()));
    }

    private String word() {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    private static String json(Map<String, Object> written) {
        StringBuilder json = new StringBuilder("{");
        written.forEach((key, value) -> {
            json.append(json.length() == 1 ? "" : ", ").append(quoted(key)).append(": ");
            json.append(value instanceof String text ? quoted(text) : value);
        });
        return json.append('}').toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static CompiledGrammar grammar(Map<String, ?> schema, TokenVocabulary vocabulary) {
        SchemaOptions options = SchemaOptions.builder()
                .whitespace(SchemaOptions.Whitespace.SINGLE_SPACE)
                .build();
        return Grammar.ofSchema(schema, options).grammar().compile(vocabulary);
    }

    private static Model vocabulary(String name) {
        return Model.load(
                SharedCorpora.require("tokenizers/ggml-vocab-" + name + ".gguf"),
                ModelOptions.builder().vocabularyOnly(true).build());
    }
}
