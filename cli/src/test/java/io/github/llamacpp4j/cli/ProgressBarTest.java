package io.github.llamacpp4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.cli.ProgressBar.Unit;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long nanos;

    @Test
    void aPersonSeesBarSpeedAndTimeLeftRedrawnInPlace() {
        try (ProgressBar bar = bar(true)) {
            bar.update(0, 100_000_000);
            nanos += 1_000_000_000L;
            bar.update(25_000_000, 100_000_000);
        }
        assertThat(text())
                .contains("\r\u001b[2Kmodel [######------------------]  25%  25.0 MB of 100.0 MB  25.0 MB/s  3 s left")
                .endsWith(System.lineSeparator());
    }

    @Test
    void speedLeavesOutWhatWasThereBeforeTheStart() {
        try (ProgressBar bar = bar(true)) {
            bar.update(50_000_000, 100_000_000);
            nanos += 1_000_000_000L;
            bar.update(60_000_000, 100_000_000);
        }
        assertThat(text()).contains("10.0 MB/s  4 s left");
    }

    @Test
    void aFileGetsOnePlainLineEveryTenPercent() {
        try (ProgressBar bar = bar(false)) {
            for (int done = 0; done <= 1000; done++) {
                nanos += 1_000_000L;
                bar.update(done, 1000);
            }
        }
        assertThat(text().lines())
                .hasSize(10)
                .allSatisfy(line -> assertThat(line).doesNotContain("\r"));
    }

    @Test
    void anUnknownTotalShowsAmountAndSpeedOnly() {
        try (ProgressBar bar = bar(true)) {
            bar.update(0, -1);
            nanos += 2_000_000_000L;
            bar.update(4_000_000, -1);
        }
        assertThat(text()).contains("model  4.0 MB  2.0 MB/s").doesNotContain("%");
    }

    @Test
    void digitsAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try (ProgressBar bar = bar(true)) {
            bar.update(0, 4);
            bar.update(4, 4);
        } finally {
            Locale.setDefault(before);
        }
        assertThat(text()).contains("[########################] 100%  0.0 MB of 0.0 MB");
    }

    private ProgressBar bar(boolean interactive) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(InputStream.nullInputStream(), stream, stream, interactive);
        return new ProgressBar(terminal, "model", Unit.BYTES, () -> nanos);
    }

    private String text() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
