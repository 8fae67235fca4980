package io.github.llamacpp4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class PartialJsonTest {

    private static String tree(String text) {
        PartialJson partial = new PartialJson();
        partial.append(text);
        return partial.tree().map(JsonNode::toString).orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | {}",
                "{\"na | {}",
                "{\"name\" | {}",
                "{\"name\": | {}",
                "{\"name\": \"An | {\"name\":\"An\"}",
                "{\"name\": \"Anna\", | {\"name\":\"Anna\"}",
                "{\"name\": \"Anna\", \"age\": 3 | {\"name\":\"Anna\"}",
                "{\"name\": \"Anna\", \"age\": 31} | {\"name\":\"Anna\",\"age\":31}",
                "{\"a\": [1, 2 | {\"a\":[1]}",
                "{\"a\": [1, 2, | {\"a\":[1,2]}",
                "{\"a\": {\"b\": tr | {\"a\":{}}",
                "{\"a\": {\"b\": true, | {\"a\":{\"b\":true}}",
                "[\"x\", \"y\\ | [\"x\",\"y\"]",
                "[\"x\\u00e | [\"x\"]",
                "[\"x\\\\ | [\"x\\\\\"]",
                "[\"a\\\\\\u00 | [\"a\\\\\"]",
                "[\"a, b: {c | [\"a, b: {c\"]",
                "\"yes | \"yes\"",
                "12 | ``",
            })
    void openTextIsClosed(String text, String expected) {
        assertThat(tree(text)).isEqualTo(expected);
    }

    @Test
    void everyPrefixOfADocumentHasATreeThatOnlyGrows() {
        String json = "{\"a\": [1, \"x\\n\\u0041\\\"\", {\"b\": null, \"c\": [[], {}]}], \"d\": \"\ud83d\ude00 end\"}";
        PartialJson partial = new PartialJson();
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < json.length(); i++) {
            partial.append(json.substring(i, i + 1));
            sizes.add(partial.tree().orElseThrow().toString().length());
        }
        assertThat(sizes).isSorted();
        assertThat(partial.tree()).contains(JsonTrees.read(json));
    }
}
