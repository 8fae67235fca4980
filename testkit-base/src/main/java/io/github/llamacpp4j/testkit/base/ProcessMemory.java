package io.github.llamacpp4j.testkit.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/** Reads how much memory this process has, from {@code /proc}. Thread-safe. */
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration TIME_WITHOUT_SHRINKING = Duration.ofMillis(500);
    private static final Duration MOST_TIME_TO_SHRINK = Duration.ofSeconds(10);

    private ProcessMemory() {}

    /**
     * The memory of this process that is resident, native memory included, in bytes ({@code VmRSS}). The calling test is
     * skipped where there is no {@code /proc}.
     */
    public static long residentBytes() {
        return kibibytes("VmRSS:") << 10;
    }

    /**
     * As {@link #residentBytes}, once the garbage is collected, and of the Java heap only what is in use: a collector keeps
     * between 1.7 and 3.3 times as much ({@code MinHeapFreeRatio}, {@code MaxHeapFreeRatio}), as it happens to have grown. Takes half a
     * second or more, because G1 gives what the heap shrank by back to the system in the background, from a tenth of a second after the
     * collection on, and later on a busy machine: up to then those pages are resident.
     */
    public static long residentBytesWithoutGarbage() {
        System.gc();
        long resident = residentBytesInUse();
        long deadline = System.nanoTime() + MOST_TIME_TO_SHRINK.toNanos();
        long settled = System.nanoTime();
        while (System.nanoTime() - settled < TIME_WITHOUT_SHRINKING.toNanos() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            long now = residentBytesInUse();
            if (now < resident) {
                resident = now;
                settled = System.nanoTime();
            }
        }
        return resident;
    }

    private static long residentBytesInUse() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return residentBytes() - heap.getCommitted() + heap.getUsed();
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
