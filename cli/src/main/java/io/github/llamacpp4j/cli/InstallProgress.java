package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.natives.InstallListener;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows the arrival of a native set, one bar for each step that takes time. */
final class InstallProgress implements InstallListener, AutoCloseable {

    private final Terminal terminal;
    private final String title;
    private @Nullable ProgressBar bar;
    private @Nullable Step shown;

    InstallProgress(Terminal terminal, String title) {
        this.terminal = terminal;
        this.title = title;
    }

    @Override
    public void progress(Step step, long doneBytes, long totalBytes) {
        if (step == Step.VERIFY) {
            return;
        }
        ProgressBar current = bar;
        if (current == null || step != shown) {
            close();
            String label = step.name().toLowerCase(Locale.ROOT) + " " + title;
            current = new ProgressBar(terminal, label, ProgressBar.Unit.BYTES);
            bar = current;
            shown = step;
        }
        current.update(doneBytes, totalBytes);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
