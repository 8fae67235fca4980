package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.engine.EngineOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many requests a server works on, and how they share the context. */
final class EngineFlags {

    @Option(
            names = {"-np", "--parallel"},
            paramLabel = "N",
            description = "Requests that are worked on at the same time (default 4).")
    private int parallel = EngineOptions.defaults().parallelSequences();

    @Option(
            names = "--queue",
            paramLabel = "N",
            description = "Requests that may wait; more are refused (default 256).")
    private @Nullable Integer queue;

    @Option(
            names = "--retain",
            paramLabel = "N",
            description = "Finished sequences kept for prompts that begin alike (default 16).")
    private @Nullable Integer retained;

    @Option(
            names = "--cache-cells",
            paramLabel = "N",
            description =
                    "Tokens that those may keep in the context while others work (default a quarter, at most 1024).")
    private @Nullable Integer cacheCells;

    int parallel() {
        return parallel;
    }

    void fill(EngineOptions.Builder engine) {
        Flags.set(queue, engine::queueCapacity);
        Flags.set(retained, engine::retainedSequences);
        Flags.set(cacheCells, engine::cacheCells);
    }
}
