package io.github.llamacpp4j.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NativeLogTest {

    private static final int DEBUG = 1;
    private static final int INFO = 2;
    private static final int WARN = 3;
    private static final int ERROR = 4;
    private static final int CONTINUED = 5;

    private final List<String> logged = new ArrayList<>();
    private final NativeLog log = new NativeLog(new System.Logger() {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
            logged.add(level + " " + message);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, Object @Nullable ... parameters) {
            logged.add(level + " " + format);
        }
    });

    @Test
    void linesComeWholeAndOneLevelQuieter() {
        log.accept(DEBUG, "one\n");
        log.accept(INFO, "two, ");
        log.accept(CONTINUED, "continued\n");
        log.accept(WARN, "three\nfour\n");
        log.accept(ERROR, "five {0}\n\n");
        assertThat(logged)
                .containsExactly(
                        "TRACE one", "DEBUG two, continued", "WARNING three", "WARNING four", "ERROR five {0}");
    }

    @Test
    void anAbortThatWasAskedForIsNoError() {
        log.accept(ERROR, "graph_compute: ggml_backend_sched_graph_compute_async failed with error 1\n");
        log.accept(ERROR, "graph_compute: ggml_backend_sched_graph_compute_async failed with error -1\n");
        assertThat(logged)
                .containsExactly(
                        "DEBUG graph_compute: ggml_backend_sched_graph_compute_async failed with error 1",
                        "ERROR graph_compute: ggml_backend_sched_graph_compute_async failed with error -1");
    }

    @Test
    void neitherIsWhatFollowsFromIt() {
        log.accept(ERROR, "process_ubatch: failed to compute graph, compute status: 1\n");
        log.accept(WARN, "decode: removing memory module entries for seq_id = 0, pos = [5, +inf)\n");
        log.accept(ERROR, "llama_decode: failed to decode, ret = 2\n");
        assertThat(logged).hasSize(3).allMatch(line -> line.startsWith("DEBUG "));
        log.accept(ERROR, "process_ubatch: failed to compute graph, compute status: -1\n");
        log.accept(ERROR, "llama_decode: failed to decode, ret = -3\n");
        assertThat(logged.subList(3, 5)).allMatch(line -> line.startsWith("ERROR "));
    }

    @Test
    void onlyWhatCameAfterAMarkIsTold() {
        log.accept(ERROR, "before\n");
        long mark = log.mark();
        log.accept(INFO, "loading\n");
        log.accept(ERROR, "failed to read magic\n");
        assertThat(log.since(mark)).containsExactly("loading", "failed to read magic");
        assertThat(log.problemsSince(mark)).containsExactly("failed to read magic");
        assertThat(log.since(log.mark())).isEmpty();
    }

    @Test
    void memoryIsBounded() {
        long mark = log.mark();
        for (int i = 0; i < 10_000; i++) {
            log.accept(INFO, "line " + i + "\n");
        }
        assertThat(log.since(mark)).hasSize(256).endsWith("line 9999");
        log.accept(INFO, "x".repeat(200_000));
        assertThat(log.since(mark).getLast()).hasSize(1001).endsWith("…");
    }
}
