package io.github.llamacpp4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.chat.OutputEvent;
import io.github.llamacpp4j.chat.ParsedToolCall;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class AnswerPrinterTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private void print(boolean screen, OutputEvent... events) {
        AnswerPrinter printer = AnswerPrinter.of(new Terminal(
                InputStream.nullInputStream(),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                screen));
        for (OutputEvent event : events) {
            printer.print(event);
        }
        printer.end();
    }

    private static OutputEvent thought(String text) {
        return new OutputEvent.Reasoning(text);
    }

    private static OutputEvent text(String text) {
        return new OutputEvent.Text(text);
    }

    private static OutputEvent call() {
        return new OutputEvent.ToolCall(0, new ParsedToolCall("", "f", "{\"x\":1}", true));
    }

    @Test
    void onAScreenReasoningIsDimmedAboveTheAnswer() {
        print(true, thought("\nHm"), thought(" so."), text("\n\n"), text("Yes"), text(".\nGo."));
        assertThat(out.toString(UTF_8)).isEqualTo("\u001b[2mHm\u001b[0m\u001b[2m so.\u001b[0m\n\nYes.\nGo.\n");
        assertThat(err.size()).isZero();
    }

    @Test
    void elsewhereStandardOutputGetsTheAnswerAlone() {
        print(false, thought("Hm"), text("\n\nYes."));
        assertThat(out.toString(UTF_8)).isEqualTo("Yes.\n");
        assertThat(err.toString(UTF_8)).isEqualTo("Hm\n\n");
    }

    @Test
    void callsStandOnLinesOfTheirOwn() {
        print(false, text("Wait."), call(), call());
        assertThat(out.toString(UTF_8)).isEqualTo("Wait.\nf{\"x\":1}\nf{\"x\":1}\n");
    }

    @Test
    void anAnswerEndsWithOneLineFeedEvenIfItIsEmpty() {
        print(false);
        print(false, text("x\n"));
        assertThat(out.toString(UTF_8)).isEqualTo("\nx\n");
    }

    @Test
    void aModelCannotSendEscapesToAScreen() {
        print(true, thought("a\u001b[31m"), text("b\u001b]0;title\u0007\r\u009b1mc\td"));
        assertThat(out.toString(UTF_8))
                .isEqualTo("\u001b[2ma\ufffd[31m\u001b[0m\n\nb\ufffd]0;title\ufffd\ufffd\ufffd1mc\td\n");
    }
}
