package io.github.llamacpp4j.testkit.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Reads how much memory this process has, from {@code /proc}. Thread-safe. */
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /**
     * The memory of this process that is resident, native memory included, in bytes ({@code VmRSS}). The calling test is
     * skipped where there is no {@code /proc}.
     */
    public static long residentBytes() {
        return kibibytes("VmRSS:") << 10;
    }

    /** As {@link #residentBytes}, once the garbage is collected: the Java heap counts with what it holds, not with what it was grown to. */
    public static long residentBytesWithoutGarbage() {
        System.gc();
        return residentBytes();
    }

    /** The most that was ever resident, in bytes ({@code VmHWM}). The calling test is skipped without {@code /proc}. */
    public static long peakResidentBytes() {
        return kibibytes("VmHWM:") << 10;
    }

    private static long kibibytes(String field) {
        Assumptions.assumeTrue(
                Files.isReadable(STATUS), "skipped: memory is read from " + STATUS + ", which is absent");
        try {
            List<String> lines = Files.readAllLines(STATUS);
            String line = lines.stream()
                    .filter(l -> l.startsWith(field))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(STATUS + " has no field " + field));
            return Long.parseLong(line.replaceAll("\\D", ""));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + STATUS + ": " + e, e);
        }
    }
}
