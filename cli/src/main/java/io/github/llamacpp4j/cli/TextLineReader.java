package io.github.llamacpp4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Lines that end with a line feed, with or without a carriage return before it; one that stands alone ends no line, since
 * JSON may hold it. Of a line without measure {@value #MAX_CHARS} characters and one more are kept, so that its reader can
 * tell. Not thread-safe.
 */
final class TextLineReader extends BufferedReader {

    /** How many characters a line may have. */
    static final int MAX_CHARS = 64 << 20;

    TextLineReader(Reader reader) {
        super(reader, 1 << 16);
    }

    @Override
    public @Nullable String readLine() throws IOException {
        int next = read();
        if (next < 0) {
            return null;
        }
        StringBuilder line = new StringBuilder();
        for (; next >= 0 && next != '\n'; next = read()) {
            if (line.length() <= MAX_CHARS) {
                line.append((char) next);
            }
        }
        int end = line.length() - 1;
        if (end >= 0 && line.charAt(end) == '\r') {
            line.setLength(end);
        }
        return line.toString();
    }
}
