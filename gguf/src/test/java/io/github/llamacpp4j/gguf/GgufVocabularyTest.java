package io.github.llamacpp4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GgufVocabularyTest {

    private static GgufVocabulary read(String model, List<String> tokens, int... types) {
        GgufWriter file = new GgufWriter()
                .put("tokenizer.ggml.model", model)
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.token_type", GgufArray.ofInts(types))
                .put("tokenizer.ggml.eos_token_id", 1);
        return GgufVocabulary.of(Samples.read(file.toBytes()).metadata());
    }

    @Test
    void bytePairsStandForBytes() {
        GgufVocabulary vocabulary = read("gpt2", List.of("Ġé", "<end>", "ĠÃ©"), 1, 3, 1);
        assertThat(vocabulary.pieces()[0]).containsExactly(' ', 0xE9);
        assertThat(new String(vocabulary.pieces()[2], StandardCharsets.UTF_8)).isEqualTo(" é");
        assertThat(vocabulary.isControl(1)).isTrue();
        assertThat(vocabulary.isControl(2)).isFalse();
        assertThat(vocabulary.isEndOfGeneration(1)).isTrue();
        assertThat(vocabulary.isEndOfGeneration(2)).isFalse();
    }

    @Test
    void piecesOfSentencesHaveTheirSpacesAndTheirBytes() {
        byte[][] pieces =
                read("llama", List.of("▁a", "<0xE9>", "<0xE9>"), 1, 6, 3).pieces();
        assertThat(pieces[0]).containsExactly(' ', 'a');
        assertThat(pieces[1]).containsExactly(0xE9);
        assertThat(new String(pieces[2], StandardCharsets.UTF_8)).isEqualTo("<0xE9>");
    }

    @Test
    void unusedTokensHaveNoTextAsInLlamaCpp() {
        for (String model : List.of("gpt2", "llama")) {
            byte[][] pieces =
                    read(model, List.of("<unused5>", "<mine>", "<s>"), 5, 4, 3).pieces();
            assertThat(pieces[0]).isEmpty();
            assertThat(new String(pieces[1], StandardCharsets.UTF_8)).isEqualTo("<mine>");
            assertThat(new String(pieces[2], StandardCharsets.UTF_8)).isEqualTo("<s>");
        }
    }

    @Test
    void aFileWithoutATypeForEachTokenIsRefused() {
        assertThatThrownBy(() -> read("gpt2", List.of("a", "b"), 1))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("expected a vocabulary with a type for each token");
    }
}
