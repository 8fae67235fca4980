package io.github.llamacpp4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.SharedCorpora;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Every case of the shared tokenizer corpus: ids, pieces and both detokenizations must be those of llama.cpp. */
class TokenizerCorpusIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @ValueSource(strings = {"llama-spm", "gpt-2", "llama-bpe", "deepseek-coder", "bert-bge", "nomic-bert-moe"})
    void allCasesAreIdentical(String name) throws IOException {
        Path cases = SharedCorpora.require("tokenizers/" + name + ".jsonl");
        try (Model model = vocabulary(name)) {
            int count = 0;
            for (String line : Files.readAllLines(cases)) {
                check(model.tokenizer(), JSON.readTree(line));
                count++;
            }
            assertThat(count).isEqualTo(177);
        }
    }

    private static void check(Tokenizer tokenizer, JsonNode expected) {
        String text = expected.get("text").asString();
        int[] ids = StreamSupport.stream(expected.get("ids").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
        assertThat(tokenizer.encode(
                        text,
                        expected.get("add_special").asBoolean(),
                        expected.get("parse_special").asBoolean()))
                .as("ids of %s", expected)
                .isEqualTo(ids);
        List<String> pieces = Arrays.stream(ids)
                .mapToObj(id -> HEX.formatHex(tokenizer.piece(id, true)))
                .toList();
        assertThat(pieces)
                .as("pieces of %s", expected)
                .isEqualTo(StreamSupport.stream(expected.get("pieces_hex").spliterator(), false)
                        .map(JsonNode::asString)
                        .toList());
        assertThat(HEX.formatHex(tokenizer.decodeToBytes(ids, false, false)))
                .isEqualTo(expected.get("detokenized_plain_hex").asString());
        assertThat(HEX.formatHex(tokenizer.decodeToBytes(ids, false, true)))
                .isEqualTo(expected.get("detokenized_hex").asString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-spm", "gpt-2", "llama-bpe", "deepseek-coder", "bert-bge"})
    void upstreamsOwnCasesAreIdentical(String name) throws IOException {
        Path inputs = SharedCorpora.require("tokenizers/ggml-vocab-" + name + ".gguf.inp");
        Path outputs = SharedCorpora.require("tokenizers/ggml-vocab-" + name + ".gguf.out");
        String[] texts = Files.readString(inputs).split("\n__ggml_vocab_test__\n", -1);
        List<String> lines = Files.readAllLines(outputs);
        try (Model model = vocabulary(name)) {
            for (int i = 0; i < lines.size(); i++) {
                int[] ids = Arrays.stream(lines.get(i).trim().split(" +"))
                        .filter(id -> !id.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray();
                assertThat(model.tokenizer().encode(texts[i], false, false))
                        .as(texts[i])
                        .isEqualTo(ids);
            }
        }
    }

    @Test
    void theVocabulariesDescribeThemselvesAsLlamaCppDoes() throws IOException {
        Path file = SharedCorpora.require("tokenizers/vocabs.json");
        for (var entry : JSON.readTree(Files.readString(file)).properties()) {
            JsonNode expected = entry.getValue();
            try (Model model = vocabulary(entry.getKey())) {
                Tokenizer tokenizer = model.tokenizer();
                SpecialTokens special = tokenizer.specialTokens();
                assertThat(tokenizer.size()).isEqualTo(expected.get("n_tokens").asInt());
                assertThat(tokenizer.type().nativeValue())
                        .isEqualTo(expected.get("type").asInt());
                assertThat(special.beginning().orElse(-1))
                        .isEqualTo(expected.get("bos").asInt());
                assertThat(special.end().orElse(-1))
                        .isEqualTo(expected.get("eos").asInt());
                assertThat(special.endOfTurn().orElse(-1))
                        .isEqualTo(expected.get("eot").asInt());
                assertThat(special.separator().orElse(-1))
                        .isEqualTo(expected.get("sep").asInt());
                assertThat(special.newline().orElse(-1))
                        .isEqualTo(expected.get("nl").asInt());
                assertThat(special.padding().orElse(-1))
                        .isEqualTo(expected.get("pad").asInt());
                assertThat(tokenizer.addsBeginning())
                        .isEqualTo(expected.get("add_bos").asBoolean());
                assertThat(tokenizer.addsEnd())
                        .isEqualTo(expected.get("add_eos").asBoolean());
                assertThat(tokenizer.endOfGenerationTokens())
                        .containsExactly(
                                StreamSupport.stream(expected.get("eog").spliterator(), false)
                                        .mapToInt(JsonNode::asInt)
                                        .toArray());
                for (JsonNode control : expected.get("control_first")) {
                    int id = control.get("id").asInt();
                    assertThat(tokenizer.isControl(id)).isTrue();
                    assertThat(tokenizer.spelling(id))
                            .isEqualTo(control.get("text").asString());
                }
            }
        }
    }

    @Test
    void streamedPiecesGiveTheSameTextAsAllAtOnce() throws IOException {
        Path cases = SharedCorpora.require("tokenizers/llama-bpe.jsonl");
        try (Model model = vocabulary("llama-bpe")) {
            for (String line : Files.readAllLines(cases)) {
                JsonNode expected = JSON.readTree(line);
                Utf8Decoder stream = new Utf8Decoder();
                StringBuilder text = new StringBuilder();
                for (JsonNode id : expected.get("ids")) {
                    text.append(model.tokenizer().pieceText(id.asInt(), true, stream));
                }
                text.append(stream.finish());
                StringBuilder all = new StringBuilder();
                expected.get("pieces_hex").forEach(piece -> all.append(piece.asString()));
                assertThat(text.toString()).isEqualTo(new String(HEX.parseHex(all.toString()), StandardCharsets.UTF_8));
            }
        }
    }

    private static Model vocabulary(String name) {
        Path file = SharedCorpora.require("tokenizers/ggml-vocab-" + name + ".gguf");
        return Model.load(file, ModelOptions.builder().vocabularyOnly(true).build());
    }
}
