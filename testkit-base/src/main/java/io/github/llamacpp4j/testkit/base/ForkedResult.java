package io.github.llamacpp4j.testkit.base;

import java.util.Optional;

/**
 * How a forked JVM ended. Immutable and thread-safe.
 *
 * @param ended whether it ended by itself; false if it was killed because its time was over
 * @param exitCode its exit code; 128 plus the number for a signal; -1 if it was killed
 * @param stdout what it wrote to standard output
 * @param stderr what it wrote to standard error
 * @param crashReport the JVM's report of a native crash ({@code hs_err}), if it wrote one
 */
public record ForkedResult(boolean ended, int exitCode, String stdout, String stderr, Optional<String> crashReport) {

    private static final int FIRST_SIGNAL_CODE = 128;

    /** Whether the JVM died instead of leaving through {@code main} or {@code System.exit}. */
    public boolean crashed() {
        return crashReport.isPresent() || exitCode > FIRST_SIGNAL_CODE;
    }

    /**
     * Fails unless the JVM ended by itself with code 0.
     *
     * @throws AssertionError with everything that it wrote
     */
    public ForkedResult assertSucceeded() {
        if (!ended || crashed() || exitCode != 0) {
            throw new AssertionError(this);
        }
        return this;
    }

    @Override
    public String toString() {
        String how = !ended ? "killed: its time was over" : crashed() ? "crashed" : "ended";
        return "forked JVM " + how + ", exit code " + exitCode + "\n--- stdout\n" + stdout + "\n--- stderr\n" + stderr
                + crashReport
                        .map(report -> "\n--- crash report\n"
                                + report.lines().limit(40).reduce("", (a, b) -> a + b + "\n"))
                        .orElse("");
    }
}
