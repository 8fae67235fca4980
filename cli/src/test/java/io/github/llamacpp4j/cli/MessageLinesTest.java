package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageLinesTest {

    @Test
    void aLineIsAMessage() {
        assertThat(MessageLines.isOpen("hello")).isFalse();
        assertThat(MessageLines.message("hello ")).isEqualTo("hello");
        assertThat(MessageLines.message("a\\b")).isEqualTo("a\\b");
    }

    @Test
    void aBackslashAtTheEndGoesOn() {
        assertThat(MessageLines.isOpen("one\\")).isTrue();
        assertThat(MessageLines.isOpen("one\\\ntwo\\")).isTrue();
        assertThat(MessageLines.isOpen("one\\\ntwo")).isFalse();
        assertThat(MessageLines.message("one\\\ntwo")).isEqualTo("one\ntwo");
    }

    @Test
    void threeQuotesHoldABlock() {
        assertThat(MessageLines.isOpen("\"\"\"")).isTrue();
        assertThat(MessageLines.isOpen("\"\"\"\nint x = 1;\\\n\n")).isTrue();
        assertThat(MessageLines.isOpen("\"\"\"\nint x = 1;\n\"\"\"")).isFalse();
        assertThat(MessageLines.isOpen("\"\"\"one\"\"\"")).isFalse();
        assertThat(MessageLines.isOpen("\"\"\"\"")).isTrue();
        assertThat(MessageLines.message("\"\"\"\nint x = 1;\\\n\n  y\n\"\"\"")).isEqualTo("int x = 1;\\\n\n  y");
        assertThat(MessageLines.message("\"\"\"one\"\"\"")).isEqualTo("one");
        assertThat(MessageLines.message("\"\"\"cut off")).isEqualTo("cut off");
    }

    @Test
    void pastedLinesAreOneMessage() {
        assertThat(MessageLines.isOpen("one\ntwo")).isFalse();
        assertThat(MessageLines.message("one\ntwo")).isEqualTo("one\ntwo");
    }
}
