package io.github.llamacpp4j.engine;

/** One sampler that changes or filters the candidates. Has state of its own sequence only. */
interface SamplerStage {

    void apply(Candidates candidates);

    /** Takes note of a token that became part of the sequence. */
    default void accept(int token) {}
}
