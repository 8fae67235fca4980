package io.github.llamacpp4j.model;

/** Small contexts for tests: one thread, few positions. */
final class Contexts {

    private Contexts() {}

    static ContextOptions.Builder small() {
        return ContextOptions.builder().contextSize(512).threads(1).batchThreads(1);
    }
}
