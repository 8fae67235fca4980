package io.github.llamacpp4j.ffi;

import io.github.llamacpp4j.ffi.generated.GgmlH;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What llama.cpp and ggml say: every line goes to the {@link System.Logger} named {@value #LOGGER_NAME}, and the last ones
 * are kept, because a failed call often returns only NULL and tells the reason here. Levels drop by one step (info becomes
 * DEBUG, debug becomes TRACE), since llama.cpp tells at info level what a user of a library does not ask for; that a
 * computation was aborted, which its caller asked for, is no error either. Thread-safe.
 */
public final class NativeLog {

    /** The name of the logger. */
    public static final String LOGGER_NAME = "io.github.llamacpp4j.native";

    /** What is said of {@code GGML_STATUS_ABORTED}, which somebody asked for. */
    private static final Pattern ABORTED = Pattern.compile(
            ".*(?:ggml_backend_sched_graph_compute_async failed with error 1"
                    + "|failed to compute graph, compute status: 1|removing memory module entries for .*|failed to decode, ret = 2)");

    private static final int KEPT_LINES = 256;
    private static final int KEPT_LINE_CHARACTERS = 1000;
    private static final int MAX_PARTIAL_CHARACTERS = 64 * 1024;

    private record Line(long number, Level level, String text) {}

    private final System.Logger logger;
    private final Deque<Line> lines = new ArrayDeque<>();
    private final StringBuilder partial = new StringBuilder();
    private Level partialLevel = Level.DEBUG;
    private long nextNumber;

    NativeLog(System.Logger logger) {
        this.logger = logger;
    }

    NativeLog() {
        this(System.getLogger(LOGGER_NAME));
    }

    /** Takes a piece of output, which may be a part of a line or several lines. */
    void accept(int nativeLevel, String text) {
        List<Line> whole = new ArrayList<>();
        synchronized (this) {
            if (nativeLevel != GgmlH.GGML_LOG_LEVEL_CONT) {
                partialLevel = level(nativeLevel);
            }
            partial.append(text);
            int start = 0;
            for (int end = partial.indexOf("\n"); end >= 0; end = partial.indexOf("\n", start)) {
                keep(partial.substring(start, end), whole);
                start = end + 1;
            }
            partial.delete(0, start);
            if (partial.length() > MAX_PARTIAL_CHARACTERS) {
                keep(partial.toString(), whole);
                partial.setLength(0);
            }
        }
        for (Line line : whole) {
            logger.log(line.level, line.text);
        }
    }

    private void keep(String text, List<Line> whole) {
        if (text.isBlank()) {
            return;
        }
        Level level = ABORTED.matcher(text).matches() ? Level.DEBUG : partialLevel;
        whole.add(new Line(nextNumber, level, text));
        String kept = text.length() <= KEPT_LINE_CHARACTERS ? text : text.substring(0, KEPT_LINE_CHARACTERS) + "…";
        lines.addLast(new Line(nextNumber++, level, kept));
        if (lines.size() > KEPT_LINES) {
            lines.removeFirst();
        }
    }

    static Level level(int nativeLevel) {
        return switch (nativeLevel) {
            case GgmlH.GGML_LOG_LEVEL_ERROR -> Level.ERROR;
            case GgmlH.GGML_LOG_LEVEL_WARN -> Level.WARNING;
            case GgmlH.GGML_LOG_LEVEL_INFO -> Level.DEBUG;
            default -> Level.TRACE;
        };
    }

    /** The present place in the log, to be given to {@link #since}. */
    public synchronized long mark() {
        return nextNumber;
    }

    /** The lines that have been written since a mark, oldest first, on whatever thread; at most the last 256. */
    public synchronized List<String> since(long mark) {
        return lines.stream()
                .filter(line -> line.number >= mark)
                .map(Line::text)
                .toList();
    }

    /** As {@link #since}, but warnings and errors only. */
    public synchronized List<String> problemsSince(long mark) {
        return lines.stream()
                .filter(line -> line.number >= mark && line.level.compareTo(Level.WARNING) >= 0)
                .map(Line::text)
                .toList();
    }
}
