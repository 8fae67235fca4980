package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.gguf.GgufArray;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufFile;
import io.github.llamacpp4j.gguf.GgufMetadata;
import io.github.llamacpp4j.grammar.TokenVocabulary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tokens of a GGUF file as a grammar sees them, read without the native library. */
final class GgufVocabulary {
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

    private static final List<String> END_KEYS =
            List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id");

    private GgufVocabulary() {}

    static TokenVocabulary read(Path file) {
        GgufMetadata metadata;
        try {
            metadata = GgufFile.read(file).metadata();
        } catch (GgufException e) {
            throw new CommandFailure("model", String.valueOf(e.getMessage()));
        }
        List<String> tokens = metadata.strings("tokenizer.ggml.tokens");
        GgufArray types = metadata.array("tokenizer.ggml.token_type")
                .orElseThrow(() -> new CommandFailure("model", file + " holds no vocabulary with token types"));
        boolean bytePairs = metadata.string("tokenizer.ggml.model").orElse("").equals("gpt2");
        Map<Integer, Integer> byteOf = byteAlphabet();
        byte[][] pieces = new byte[tokens.size()][];
        for (int id = 0; id < pieces.length; id++) {
            pieces[id] = piece(tokens.get(id), types.integer(id), bytePairs, byteOf);
        }
        Set<Long> ends = new HashSet<>();
        for (String key : END_KEYS) {
            metadata.integer(key).ifPresent(ends::add);
        }
        return TokenVocabulary.of(pieces, id -> types.integer(id) == CONTROL, id -> ends.contains(Long.valueOf(id)));
    }

    private static byte[] piece(String token, long type, boolean bytePairs, Map<Integer, Integer> byteOf) {
        if (type == BYTE && token.matches("<0x[0-9A-Fa-f]{2}>")) {
            return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
        }
        if (type != NORMAL) {
            return token.getBytes(StandardCharsets.UTF_8);
        }
        if (!bytePairs) {
            return token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
        }
        int[] bytes = token.codePoints().map(c -> byteOf.getOrDefault(c, 0)).toArray();
        byte[] piece = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            piece[i] = (byte) bytes[i];
        }
        return piece;
    }

    /** The printable characters that byte-pair encoding writes bytes as. */
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
