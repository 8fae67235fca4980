package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class TextLineReaderTest {

    @Test
    void linesEndWithALineFeedOnly() throws IOException {
        try (TextLineReader lines = new TextLineReader(new StringReader("a\rb\r\n\n\r\nlast"))) {
            assertThat(lines.lines()).containsExactly("a\rb", "", "", "last");
        }
    }

    @Test
    void aLineWithoutMeasureIsKeptInPartAndTheNextOneIsRead() throws IOException {
        int length = TextLineReader.MAX_CHARS + 100;
        Reader endless = new Reader() {
            private int at;

            @Override
            public int read(char[] chars, int offset, int count) {
                if (at == length + 2) {
                    return -1;
                }
                int given = Math.min(count, length + 2 - at);
                for (int i = 0; i < given; i++, at++) {
                    chars[offset + i] = at == length ? '\n' : 'x';
                }
                return given;
            }

            @Override
            public void close() {}
        };
        try (TextLineReader lines = new TextLineReader(endless)) {
            assertThat(String.valueOf(lines.readLine())).hasSize(TextLineReader.MAX_CHARS + 1);
            assertThat(lines.readLine()).isEqualTo("x");
            assertThat(lines.readLine()).isNull();
        }
    }
}
