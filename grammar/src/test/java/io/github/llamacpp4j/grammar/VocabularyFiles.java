package io.github.llamacpp4j.grammar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufMetadata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the shared vocabularies. */
final class VocabularyFiles {
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    private VocabularyFiles() {}

    static TokenVocabulary read(String name) {
        Optional<Path> path = Corpus.find("tokenizers/ggml-vocab-" + name + ".gguf");
        assumeTrue(path.isPresent(), "skipped: no shared vocabulary " + name);
        GgufMetadata metadata = GgufFile.read(path.orElseThrow()).metadata();
        List<String> tokens = metadata.strings("tokenizer.ggml.tokens");
        GgufArray types = metadata.array("tokenizer.ggml.token_type").orElseThrow();
        boolean bytePairs =
                metadata.string("tokenizer.ggml.model").orElseThrow().equals("gpt2");
        Map<Integer, Integer> byteOf = byteAlphabet();
        byte[][] pieces = new byte[tokens.size()][];
        for (int id = 0; id < pieces.length; id++) {
            String token = tokens.get(id);
            long type = types.integer(id);
            if (type == CONTROL) {
                pieces[id] = token.getBytes(StandardCharsets.UTF_8);
            } else if (type == BYTE) {
                pieces[id] = new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
            } else if (bytePairs && type == 1) {
                int[] bytes =
                        token.codePoints().map(c -> byteOf.getOrDefault(c, 0)).toArray();
                pieces[id] = new byte[bytes.length];
                for (int i = 0; i < bytes.length; i++) {
                    pieces[id][i] = (byte) bytes[i];
                }
            } else {
                pieces[id] = token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
            }
        }
        Set<Long> ends = Stream.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")
                .map(metadata::integer)
                .filter(id -> id.isPresent())
                .map(id -> id.getAsLong())
                .collect(java.util.stream.Collectors.toSet());
        return TokenVocabulary.of(pieces, id -> types.integer(id) == CONTROL, id -> ends.contains(Long.valueOf(id)));
    }

    /** The printable characters that GPT-2's byte-pair encoding writes bytes as. */
    private static Map<Integer, Integer> byteAlphabet() {
        Map<Integer, Integer> bytes = new HashMap<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            bytes.put(printable ? b : next++, b);
        }
        return bytes;
    }
}
