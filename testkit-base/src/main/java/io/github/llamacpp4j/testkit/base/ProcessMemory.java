package io.github.llamacpp4j.testkit.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Assumptions;

/** Reads how much memory this process has, from {@code /proc}. Thread-safe. */
public final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");
    private static final Pattern HEAP_ADDRESS = Pattern.compile("\\b0x([0-9a-f]+)");
    private static final int HEXADECIMAL = 16;

    private ProcessMemory() {}

    /**
     * The memory of this process that is resident, native memory included, in bytes ({@code VmRSS}). The calling test is
     * skipped where there is no {@code /proc}.
     */
    public static long residentBytes() {
        return field("VmRSS:") << 10;
    }

    /**
     * As {@link #residentBytes}, but of the Java heap only what is in use after a collection. What the collector keeps resident for later
     * is left out, since that changes from one collection to the next.
     */
    public static long residentBytesWithoutGarbage() {
        System.gc();
        return residentBytesBesideHeap()
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** The most that was ever resident, in bytes ({@code VmHWM}). The calling test is skipped without {@code /proc}. */
    public static long peakResidentBytes() {
        return field("VmHWM:") << 10;
    }

    private static long residentBytesBesideHeap() {
        LongSummaryStatistics heap = HEAP_ADDRESS
                .matcher(heapInfo())
                .results()
                .mapToLong(address -> Long.parseLong(address.group(1), HEXADECIMAL))
                .summaryStatistics();
        if (heap.getCount() == 0) {
            throw new IllegalStateException("the collector of this JVM does not tell where the heap is");
        }
        long resident = 0;
        boolean beside = true;
        for (String line : lines(MAPPINGS)) {
            Matcher mapping = MAPPING.matcher(line);
            if (mapping.lookingAt()) {
                long start = Long.parseUnsignedLong(mapping.group(1), HEXADECIMAL);
                beside = start < heap.getMin() || start >= heap.getMax();
            } else if (beside && line.startsWith("Rss:")) {
                resident += kibibytes(line) << 10;
            }
        }
        return resident;
    }

    private static String heapInfo() {
        try {
            return (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcHeapInfo",
                            new Object[0],
                            new String[0]);
        } catch (JMException e) {
            throw new IllegalStateException("this JVM tells nothing of its heap: " + e, e);
        }
    }

    private static long field(String name) {
        return lines(STATUS).stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(ProcessMemory::kibibytes)
                .orElseThrow(() -> new IllegalStateException(STATUS + " has no field " + name));
    }

    private static long kibibytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    private static List<String> lines(Path file) {
        Assumptions.assumeTrue(Files.isReadable(file), "skipped: memory is read from " + file + ", which is absent");
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e, e);
        }
    }
}
