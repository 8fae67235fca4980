package io.github.llamacpp4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

@Name("io.github.llamacpp4j.EngineStep")
@Label("Engine Step")
@Category("llamacpp4j")
@StackTrace(false)
final class StepFlightEvent extends Event {

    @Label("Decode Tokens")
    int decodeTokens;

    @Label("Prefill Tokens")
    int prefillTokens;

    @Label("Active Sequences")
    int activeSequences;

    @Label("Queue Length")
    int queueLength;

    @Label("Used Cells")
    int usedCells;

    @Label("Decode Time")
    @Timespan(Timespan.NANOSECONDS)
    long decodeNanos;

    @Label("Sample Time")
    @Timespan(Timespan.NANOSECONDS)
    long sampleNanos;

    void fill(EngineStep step) {
        decodeTokens = step.decodeTokens();
        prefillTokens = step.prefillTokens();
        activeSequences = step.activeSequences();
        queueLength = step.queueLength();
        usedCells = step.usedCells();
        decodeNanos = step.decodeNanos();
        sampleNanos = step.sampleNanos();
    }
}
