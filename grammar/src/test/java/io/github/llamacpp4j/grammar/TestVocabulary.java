package io.github.llamacpp4j.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small vocabularies for tests: every byte, common pieces of JSON and text, random pieces, and control tokens. */
final class TestVocabulary {
    private static final List<String> PIECES = List.of(
            "{\"",
            "\":",
            "\": ",
            "\",\"",
            "\"}",
            "\"]",
            "[[",
            "]]",
            "},",
            "},{",
            "true",
            "fal",
            "null",
            "1.5",
            "e+",
            "\\n",
            "\\u00",
            " \"",
            "  ",
            "\n",
            "\n  ",
            "ab",
            "abc",
            "aaaa",
            "name",
            "\"name\"",
            "\"a\":",
            "-1",
            "00",
            "12",
            "é",
            "你好",
            "😀",
            "\u0301",
            "yes",
            "no",
            "root",
            "<a>",
            "</a>",
            "(",
            ")",
            "((",
            "))",
            "x y",
            ", ");

    /** The id of the control token {@code <|tool|>}. */
    static final int TOOL = 0;

    /** The id of the end-of-generation token {@code <|end|>}. */
    static final int END = 1;

    private TestVocabulary() {}

    static TokenVocabulary create() {
        List<byte[]> pieces = new ArrayList<>();
        pieces.add("<|tool|>".getBytes(StandardCharsets.UTF_8));
        pieces.add("<|end|>".getBytes(StandardCharsets.UTF_8));
        for (int b = 0; b < 256; b++) {
            pieces.add(new byte[] {(byte) b});
        }
        for (String piece : PIECES) {
            pieces.add(piece.getBytes(StandardCharsets.UTF_8));
        }
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            StringBuilder piece = new StringBuilder();
            for (int j = 0; j < 2 + random.nextInt(4); j++) {
                piece.append("abcxyz01259{}[]\":,.-+ \\\nué".charAt(random.nextInt(26)));
            }
            pieces.add(piece.toString().getBytes(StandardCharsets.UTF_8));
        }
        pieces.add(new byte[0]);
        return TokenVocabulary.of(pieces.toArray(new byte[0][]), id -> id == TOOL, id -> id == END);
    }
}
