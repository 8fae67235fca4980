package io.github.llamacpp4j.store;

import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the tests of the store share. */
final class TestStore {

    private TestStore() {}

    /** A sound GGUF file of about so many bytes. */
    static byte[] model(int bytes, long seed) {
        byte[] data = new byte[bytes];
        new Random(seed).nextBytes(data);
        return new GgufWriter()
                .put("general.architecture", "llama")
                .tensor("t", GgmlType.I8, data, bytes)
                .toBytes();
    }

    static StoreOptions.Builder options() {
        return StoreOptions.builder()
                .stallTimeout(Duration.ofSeconds(2))
                .connectTimeout(Duration.ofSeconds(2))
                .attempts(2)
                .retryPause(Duration.ofMillis(10));
    }

    /** Remembers what it hears. */
    static final class Log implements PullListener {
        private final List<String> lines = new ArrayList<>();
        private long last;
        private long first = -1;

        @Override
        public void progress(Step step, String file, long doneBytes, long totalBytes) {
            if (step == Step.DOWNLOAD) {
                first = first < 0 ? doneBytes : first;
                last = doneBytes;
            }
            lines.add(step + " " + file + " " + doneBytes + "/" + totalBytes);
        }

        List<String> lines() {
            return lines;
        }

        long first() {
            return first;
        }

        long last() {
            return last;
        }
    }
}
