package io.github.llamacpp4j.engine;

/**
 * What happens when a sequence reaches the end of its context. A prompt that leaves no room for a single token is always refused
 * with a {@link ContextOverflowException}.
 */
public enum ContextFullPolicy {
    /** Generation ends with {@link FinishReason#CONTEXT_FULL}. */
    STOP,
    /** The stream fails with a {@link ContextOverflowException} behind the tokens generated so far. */
    FAIL,
    /**
     * The older half of the text behind the first {@link EngineRequest#keepTokens()} tokens is forgotten and generation goes on.
     * Where the memory cannot shift positions the rest is computed anew.
     */
    SHIFT
}
