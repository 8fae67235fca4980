package io.github.llamacpp4j.template.value;

/** Text in ASCII alone, as Python's {@code ascii()} writes it. */
final class Ascii {
    private Ascii() {}

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(cp -> {
            if (cp < 0x80) {
                out.append((char) cp);
            } else if (cp < 0x100) {
                out.append(String.format(java.util.Locale.ROOT, "\\x%02x", cp));
            } else if (cp < 0x10000) {
                out.append(String.format(java.util.Locale.ROOT, "\\u%04x", cp));
            } else {
                out.append(String.format(java.util.Locale.ROOT, "\\U%08x", cp));
            }
        });
        return out.toString();
    }
}
