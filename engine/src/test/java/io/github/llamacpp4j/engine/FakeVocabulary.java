package io.github.llamacpp4j.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A vocabulary for tests: tokens 0 to 255 are bytes, token 256 ends generation and has no text, the rest are the words given and
 * then {@code <id>} for what is left.
 */
final class FakeVocabulary implements EngineVocabulary {

    static final int END = 256;

    private final List<byte[]> pieces = new ArrayList<>();

    FakeVocabulary(int size, String... words) {
        for (int i = 0; i < Math.min(size, END); i++) {
            pieces.add(new byte[] {(byte) i});
        }
        if (size > END) {
            pieces.add(new byte[0]);
        }
        for (String word : words) {
            pieces.add(word.getBytes(StandardCharsets.UTF_8));
        }
        while (pieces.size() < size) {
            pieces.add(("<" + pieces.size() + ">").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public int size() {
        return pieces.size();
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return token == END;
    }

    @Override
    public byte[] piece(int token) {
        return pieces.get(token);
    }

    @Override
    public byte[] text(int token) {
        return token == END ? "<end>".getBytes(StandardCharsets.UTF_8) : pieces.get(token);
    }

    @Override
    public int[] tokenize(byte[] bytes) {
        int[] tokens = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            tokens[i] = bytes[i] & 0xFF;
        }
        return tokens;
    }
}
