package io.github.llamacpp4j.cli;

/**
 * Messages of several lines: a line that ends with a backslash goes on with the next one, and three quotes open a block that
 * the next three quotes close.
 */
final class MessageLines {

    /** How it is done, for a person. */
    static final String HELP =
            "End a line with \\ to go on with another one, or put the lines between \"\"\" and \"\"\".";

    private static final String QUOTES = "\"\"\"";

    private MessageLines() {}

    /** Whether more lines belong to what was written so far. */
    static boolean isOpen(String text) {
        String written = text.strip();
        if (written.startsWith(QUOTES)) {
            return !isClosed(written);
        }
        return text.endsWith("\\");
    }

    private static boolean isClosed(String written) {
        return written.length() >= 2 * QUOTES.length() && written.endsWith(QUOTES);
    }

    /** The message that the lines mean. */
    static String message(String text) {
        String written = text.strip();
        if (written.startsWith(QUOTES)) {
            int end = isClosed(written) ? written.length() - QUOTES.length() : written.length();
            return written.substring(QUOTES.length(), end).strip();
        }
        return text.replace("\\\n", "\n").stripTrailing();
    }
}
