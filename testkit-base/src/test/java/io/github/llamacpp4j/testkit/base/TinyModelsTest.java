package io.github.llamacpp4j.testkit.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyModelsTest {

    @TempDir
    Path folder;

    @Test
    void aTinyLlamaIsSmallAndTheSameEveryTime() throws Exception {
        Path first = TinyLlama.of().writeTo(folder.resolve("first.gguf"));
        Path second = TinyLlama.of().writeTo(folder.resolve("second.gguf"));
        Path other = TinyLlama.of().seed(2).writeTo(folder.resolve("other.gguf"));

        assertThat(first).hasSameBinaryContentAs(second);
        assertThat(Files.mismatch(first, other)).isNotEqualTo(-1);
        assertThat(Files.size(first)).isLessThan(1 << 20);
        GgufFile file = GgufFile.read(first);
        assertThat(file.metadata().architecture()).hasValue("llama");
        assertThat(file.tensor("blk.1.ffn_down.weight")).isPresent();
    }

    @Test
    void vocabulariesHaveNoTokenTwice() {
        for (TinyVocabulary vocabulary :
                List.of(TinyVocabulary.spm(), TinyVocabulary.bpe(), TinyVocabulary.wordPiece())) {
            assertThat(new HashSet<>(vocabulary.tokens())).hasSize(vocabulary.size());
        }
        assertThat(TinyVocabulary.spm().tokens()).contains("<0x00>", "<0xFF>", "▁hello");
        assertThat(TinyVocabulary.bpe().tokens()).contains("Ġworld", "<|im_end|>");
    }

    @Test
    void aTinyBertIsAnEmbeddingModel() {
        GgufFile file = GgufFile.read(TinyBert.writeTo(folder.resolve("bert.gguf")));

        assertThat(file.metadata().architectureInteger("pooling_type")).hasValue(1);
        assertThat(file.tensor("position_embd.weight").orElseThrow().dimensions())
                .containsExactly((long) TinyBert.EMBEDDING_SIZE, (long) TinyBert.CONTEXT_SIZE);
    }

    @Test
    void everyBrokenModelCanBeWrittenAndMeetsTypedErrorsOnly() {
        for (BrokenModel broken : BrokenModel.values()) {
            Path path = broken.writeInto(folder);
            assertThatCode(() -> {
                        try {
                            GgufFile.read(path);
                        } catch (GgufException expected) {
                            assertThat(expected).hasMessageContaining(path.toString());
                        }
                    })
                    .as(broken.name())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void theBundledModelsAreFound() {
        assertThat(GgufFile.read(TestModels.tinychat()).metadata().chatTemplate())
                .isPresent();
        assertThat(GgufFile.read(TestModels.tinychatDraft()).metadata().strings("tokenizer.ggml.tokens"))
                .hasSize(2048);
    }

    @Test
    void smolLm2IsTheOneThatWasPulled() {
        assertThat(GgufFile.read(TestModels.smolLm2()).parameterCount()).isEqualTo(134_515_008);
    }

    @Test
    void residentMemoryIsRead() {
        assertThat(ProcessMemory.residentBytes()).isBetween(10L << 20, 4L << 30);
        assertThat(ProcessMemory.peakResidentBytes()).isGreaterThanOrEqualTo(10L << 20);
    }
}
