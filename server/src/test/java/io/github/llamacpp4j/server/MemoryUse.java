package io.github.llamacpp4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.testkit.base.ProcessMemory;

/**
 * How much memory this process has at one moment.
 *
 * @param heap bytes that Java's objects take after a collection
 * @param resident bytes that are resident, native memory included
 */
record MemoryUse(long heap, long resident) {

    static MemoryUse now() {
        long resident = ProcessMemory.residentBytesWithoutGarbage();
        System.gc();
        Runtime java = Runtime.getRuntime();
        return new MemoryUse(java.totalMemory() - java.freeMemory(), resident);
    }

    /** Requires that since then each has grown by less than so many bytes. */
    void requireGrowthBelow(long heapBytes, long residentBytes) {
        MemoryUse now = now();
        assertThat(now.heap - heap).as("growth of the heap").isLessThan(heapBytes);
        assertThat(now.resident - resident).as("growth of the process").isLessThan(residentBytes);
    }
}
