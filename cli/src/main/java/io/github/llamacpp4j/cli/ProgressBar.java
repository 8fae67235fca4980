package io.github.llamacpp4j.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Progress of long work on standard error: a line redrawn in place for a person, a plain line every ten percent (or
 * every ten seconds where the total is unknown) otherwise. Not thread-safe.
 */
final class ProgressBar implements AutoCloseable {

    private static final int BAR_CELLS = 24;
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long PLAIN_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String CLEAR_LINE = "\r\u001b[2K";

    /** What the numbers count. */
    enum Unit {
        /** Shown as MB and MB/s. */
        BYTES,
        /** Shown as they are. */
        ITEMS
    }

    private final Terminal terminal;
    private final String label;
    private final Unit unit;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long startDone = -1;
    private long lastDrawnNanos;
    private long lastPlainPercent;
    private boolean drawn;

    ProgressBar(Terminal terminal, String label, Unit unit) {
        this(terminal, label, unit, System::nanoTime);
    }

    ProgressBar(Terminal terminal, String label, Unit unit, LongSupplier nanoClock) {
        this.terminal = terminal;
        this.label = label;
        this.unit = unit;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.lastDrawnNanos = startNanos - REDRAW_NANOS;
    }

    /**
     * Tells how far the work is.
     *
     * @param done how much is done, never less than before; the first value counts as done before the start, as with a
     *     resumed download
     * @param total how much there is to do, or a value below 1 if unknown
     */
    void update(long done, long total) {
        if (startDone < 0) {
            startDone = done;
        }
        long now = nanoClock.getAsLong();
        if (terminal.interactive()) {
            if (now - lastDrawnNanos >= REDRAW_NANOS || done == total) {
                lastDrawnNanos = now;
                drawn = true;
                terminal.err().print(CLEAR_LINE + line(done, total, now - startNanos));
                terminal.err().flush();
            }
        } else {
            drawPlain(done, total, now);
        }
    }

    private void drawPlain(long done, long total, long now) {
        boolean due;
        if (total > 0) {
            long percent = 100 * done / total;
            due = percent >= lastPlainPercent + 10;
            lastPlainPercent = due ? percent - percent % 10 : lastPlainPercent;
        } else {
            due = now - lastDrawnNanos >= PLAIN_NANOS;
        }
        if (due) {
            lastDrawnNanos = now;
            terminal.err().println(line(done, total, now - startNanos));
        }
    }

    private String line(long done, long total, long elapsedNanos) {
        double perSecond = (done - startDone) / Math.max(elapsedNanos / 1e9, 1e-3);
        if (total <= 0) {
            return "%s  %s  %s/s".formatted(label, amount(done), amount((long) perSecond));
        }
        int filled = (int) (BAR_CELLS * done / total);
        String bar = "#".repeat(filled) + "-".repeat(BAR_CELLS - filled);
        String rest =
                perSecond > 0 && done < total ? "  " + duration((long) ((total - done) / perSecond)) + " left" : "";
        return "%s [%s] %3s%%  %s of %s  %s/s%s"
                .formatted(label, bar, 100 * done / total, amount(done), amount(total), amount((long) perSecond), rest);
    }

    private String amount(long value) {
        return unit == Unit.BYTES ? String.format(Locale.ROOT, "%.1f MB", value / 1e6) : Long.toString(value);
    }

    private static String duration(long seconds) {
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    /** Ends the line that was redrawn in place. */
    @Override
    public void close() {
        if (drawn) {
            terminal.err().println();
        }
    }
}
