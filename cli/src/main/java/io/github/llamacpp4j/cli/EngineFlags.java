package io.github.llamacpp4j.cli;

import io.github.llamacpp4j.engine.CacheLayout;
import io.github.llamacpp4j.engine.EngineOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many requests a server works on, and how they share the context. */
final class EngineFlags {

    @Option(
            names = {"-np", "--parallel"},
            paramLabel = "N",
            description =
                    "Requests that are worked on at the same time (default 4). If given, each has its part of the context to"
                            + " itself where the parts have at least 2048 tokens.")
    private @Nullable Integer parallel;

    @Option(
            names = {"-kvu", "--kv-unified"},
            negatable = true,
            description =
                    "Let each of them use the whole context, or only its part of it, which is faster where many work.")
    private @Nullable Boolean unified;

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
        return parallel == null ? EngineOptions.defaults().parallelSequences() : parallel;
    }

    /** As llama-server: whoever says how many there are divides the context by that number, if no request gets too little of it. */
    private CacheLayout cacheLayout() {
        if (unified != null) {
            return unified ? CacheLayout.UNIFIED : CacheLayout.SPLIT;
        }
        return parallel == null ? CacheLayout.UNIFIED : CacheLayout.SPLIT_IF_ROOMY;
    }

    void fill(EngineOptions.Builder engine) {
        engine.cacheLayout(cacheLayout());
        Flags.set(queue, engine::queueCapacity);
        Flags.set(retained, engine::retainedSequences);
        Flags.set(cacheCells, engine::cacheCells);
    }
}
