package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {

    @Test
    void aReaderThatHasLeftEndsTheCommandOnce() {
        PrintStream out = printing("Broken pipe");
        out.print("text");
        assertThatThrownBy(out::flush)
                .isInstanceOfSatisfying(
                        OutputFailure.class,
                        failure -> assertThat(failure.readerLeft()).isTrue());
        out.print("more");
        out.flush();
    }

    @Test
    void aFullDiskIsSaid() {
        PrintStream out = printing("No space left on device");
        out.print("text");
        assertThatThrownBy(out::flush)
                .isInstanceOfSatisfying(
                        OutputFailure.class,
                        failure -> assertThat(failure.readerLeft()).isFalse())
                .hasMessage("cannot write to standard output: No space left on device");
    }

    private static PrintStream printing(String reason) {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(reason);
            }
        };
        return new PrintStream(new BufferedOutputStream(new StandardOutput(broken)), false, StandardCharsets.UTF_8);
    }
}
