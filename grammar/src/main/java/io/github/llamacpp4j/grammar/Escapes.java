package io.github.llamacpp4j.grammar;

/** How the characters of a text are written. */
enum Escapes {
    /** As they are. */
    NONE,
    /** As inside a JSON string. */
    JSON,
    /** As inside a Python string between single quotes; escapes are those of JSON. */
    SINGLE_QUOTED;

    private static final CodePointSet SINGLE_PLAIN =
            CodePointSet.range(0, 0x1F).union(CodePointSet.ofChars("'\\")).complement();

    /** {@return the characters that stand for themselves} */
    CodePointSet plain() {
        return switch (this) {
            case NONE -> CodePointSet.ALL;
            case JSON -> JsonEscapes.PLAIN;
            case SINGLE_QUOTED -> SINGLE_PLAIN;
        };
    }

    /** {@return how a character outside {@link #plain()} is written} */
    String escape(int character) {
        return this == SINGLE_QUOTED && character == '\'' ? "\\'" : JsonEscapes.escape(character);
    }

    /** {@return the text as it is written, without quotes} */
    String write(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (plain().contains(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(escape(c));
            }
        });
        return out.toString();
    }
}
