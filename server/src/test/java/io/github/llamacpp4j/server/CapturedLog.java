package io.github.llamacpp4j.server;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What everybody logs while this is open, llamacpp4j down to the finest. */
final class CapturedLog extends Handler implements AutoCloseable {

    private static final Logger ALL = Logger.getLogger("");
    private static final Logger OURS = Logger.getLogger("io.github.llamacpp4j");

    private final List<String> records = new ArrayList<>();

    CapturedLog() {
        ALL.addHandler(this);
        OURS.setLevel(Level.ALL);
    }

    /** Each record's message, and what was thrown with its causes. */
    synchronized List<String> records() {
        return List.copyOf(records);
    }

    @Override
    public synchronized void publish(LogRecord record) {
        StringBuilder text = new StringBuilder(String.valueOf(record.getMessage()));
        for (Throwable thrown = record.getThrown(); thrown != null; thrown = thrown.getCause()) {
            text.append(' ').append(thrown);
        }
        records.add(text.toString());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        ALL.removeHandler(this);
        OURS.setLevel(null);
    }
}
