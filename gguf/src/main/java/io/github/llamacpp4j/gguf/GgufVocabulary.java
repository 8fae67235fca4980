package io.github.llamacpp4j.gguf;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tokens of a model file: the bytes of each, which are control tokens, and which end generation.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class GgufVocabulary {
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    private static final List<String> END_KEYS =
            List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id");

    private static final Map<Integer, Byte> BYTE_ALPHABET = byteAlphabet();

    private final byte[][] pieces;
    private final GgufArray types;
    private final Set<Long> ends;

    private GgufVocabulary(byte[][] pieces, GgufArray types, Set<Long> ends) {
        this.pieces = pieces;
        this.types = types;
        this.ends = ends;
    }

    /**
     * Reads the vocabulary.
     *
     * @param metadata the metadata of a model file
     * @return the vocabulary
     * @throws GgufException if the file holds no tokens, or no type for each of them
     */
    public static GgufVocabulary of(GgufMetadata metadata) {
        List<String> tokens = metadata.strings("tokenizer.ggml.tokens");
        GgufArray types = metadata.array("tokenizer.ggml.token_type")
                .filter(array -> array.size() == tokens.size())
                .orElseThrow(() -> new GgufException("expected a vocabulary with a type for each token"));
        boolean bytePairs = metadata.string("tokenizer.ggml.model").orElse("").equals("gpt2");
        byte[][] pieces = new byte[tokens.size()][];
        for (int id = 0; id < pieces.length; id++) {
            pieces[id] = piece(tokens.get(id), types.integer(id), bytePairs);
        }
        Set<Long> ends = new HashSet<>();
        for (String key : END_KEYS) {
            metadata.integer(key).ifPresent(ends::add);
        }
        return new GgufVocabulary(pieces, types, Set.copyOf(ends));
    }

    private static byte[] piece(String token, long type, boolean bytePairs) {
        if (type == BYTE && token.matches("<0x[0-9A-Fa-f]{2}>")) {
            return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
        }
        if (type == UNUSED) {
            return new byte[0];
        }
        if (type != NORMAL) {
            return token.getBytes(StandardCharsets.UTF_8);
        }
        return bytePairs ? bytes(token) : token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String token) {
        int[] characters = token.codePoints().toArray();
        byte[] bytes = new byte[characters.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = BYTE_ALPHABET.getOrDefault(characters[i], (byte) 0);
        }
        return bytes;
    }

    /** The printable characters that byte-pair encoding writes bytes as. */
    private static Map<Integer, Byte> byteAlphabet() {
        Map<Integer, Byte> bytes = new HashMap<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            bytes.put(printable ? b : next++, (byte) b);
        }
        return Map.copyOf(bytes);
    }

    /** {@return the bytes of each token, by id, control tokens spelled out; unused tokens have none} */
    public byte[][] pieces() {
        byte[][] copies = new byte[pieces.length][];
        for (int id = 0; id < copies.length; id++) {
            copies[id] = pieces[id].clone();
        }
        return copies;
    }

    /**
     * Tells whether a token is a control token.
     *
     * @param token an id of the vocabulary
     * @return whether it is
     */
    public boolean isControl(int token) {
        return types.integer(token) == CONTROL;
    }

    /**
     * Tells whether a token ends generation, as far as the file names such tokens.
     *
     * @param token an id of the vocabulary
     * @return whether it does
     */
    public boolean isEndOfGeneration(int token) {
        return ends.contains((long) token);
    }
}
