package io.github.llamacpp4j.grammar;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Measures the processor time of the current thread, so that a busy machine does not fail a test. */
final class CpuTime {
    private CpuTime() {}

    static Duration of(Runnable work) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
    }
}
