package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.store.PullListener;
import org.jspecify.annotations.Nullable;

/** Shows a model's arrival, one bar for each step of each file. */
final class PullProgress implements PullListener, AutoCloseable {

    private final Terminal terminal;
    private @Nullable ProgressBar bar;
    private @Nullable Step shown;
    private String shownFile = "";

    PullProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void progress(Step step, String file, long doneBytes, long totalBytes) {
        if (step != shown || !file.equals(shownFile)) {
            close();
            shown = step;
            shownFile = file;
            if (step == Step.WAIT) {
                terminal.err().println("waiting for another process that fetches " + file);
            }
        }
        if (step != Step.WAIT) {
            ProgressBar current = bar;
            if (current == null) {
                String label = (step == Step.UNPACK ? "unpacking " : "fetching ") + file;
                current = new ProgressBar(terminal, label, ProgressBar.Unit.BYTES);
                bar = current;
            }
            current.update(doneBytes, totalBytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
