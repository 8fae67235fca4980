package io.github.llamacpp4j.benchmarks;

import java.util.List;

/** What embeds. Thread-safe. */
@FunctionalInterface
interface EmbeddingTarget extends AutoCloseable {
    void embed(List<String> texts);

    @Override
    default void close() {}
}
