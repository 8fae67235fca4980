package io.github.llamacpp4j.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

    @Test
    void everyKindOfValueIsRead() {
        assertThat(JsonReader.read(" [1, -2.5e3, true, false, null, \"a\\n\\u00e9\\\"\", {\"k\": []}, {}] "))
                .isEqualTo(Arrays.asList(1.0, -2500.0, true, false, null, "a\né\"", Map.of("k", List.of()), Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "[1,]",
                "{\"a\":}",
                "{a:1}",
                "01",
                "1.",
                "+1",
                "nul",
                "\"",
                "\"\\x\"",
                "\"\\u12\"",
                "[1] 2",
                "\"a\nb\"",
                "{\"a\" 1}",
                "-",
                "\"\\"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> JsonReader.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not JSON: expected");
    }

    @Test
    void deepNestingIsRefusedBeforeTheStackIsUsedUp() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 32 levels");
    }
}
