package io.github.llamacpp4j.testkit;

import io.github.llamacpp4j.engine.EngineVocabulary;
import java.nio.charset.StandardCharsets;

/**
 * A vocabulary without a model: the tokens 0 to 255 are bytes, and {@link #END} ends generation. Immutable and
 * thread-safe.
 */
public final class ByteVocabulary implements EngineVocabulary {

    /** The token that ends generation. */
    public static final int END = 256;

    private static final byte[] NOTHING = {};
    private static final byte[] END_TEXT = "<end>".getBytes(StandardCharsets.UTF_8);

    private final byte[][] bytes = new byte[END][];

    /** The vocabulary; all of them are alike. */
    public ByteVocabulary() {
        for (int i = 0; i < END; i++) {
            bytes[i] = new byte[] {(byte) i};
        }
    }

    @Override
    public int size() {
        return END + 1;
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return token == END;
    }

    @Override
    public byte[] piece(int token) {
        return token == END ? NOTHING : bytes[token];
    }

    @Override
    public byte[] text(int token) {
        return token == END ? END_TEXT : bytes[token];
    }

    /** The tokens of a text. */
    public int[] tokenize(String text) {
        return tokenize(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int[] tokenize(byte[] text) {
        int[] tokens = new int[text.length];
        for (int i = 0; i < text.length; i++) {
            tokens[i] = Byte.toUnsignedInt(text[i]);
        }
        return tokens;
    }
}
