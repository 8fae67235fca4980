package io.github.llamacpp4j.grammar;

/** How characters are written inside a JSON string, in the shortest form (RFC 8259 section 7). */
final class JsonEscapes {
    /** Characters that stand for themselves. */
    static final CodePointSet PLAIN =
            CodePointSet.range(0, 0x1F).union(CodePointSet.ofChars("\"\\")).complement();

    private static final String HEX = "0123456789abcdef";

    private JsonEscapes() {}

    /** {@return the escape of a character outside {@link #PLAIN}} */
    static String escape(int character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "\\u00" + HEX.charAt(character >> 4) + HEX.charAt(character & 15);
        };
    }

    /** {@return the text as a JSON string with its quotes} */
    static String quote(String text) {
        return '"' + Escapes.JSON.write(text) + '"';
    }
}
