package io.github.llamacpp4j.engine;

/**
 * What tokens may come next, decided by a grammar or anything else that walks along with the text.
 *
 * <p>One belongs to one sequence and is called by the engine's thread only. One that throws an exception fails its request with a
 * {@link ConstraintFailedException}.
 */
public interface TokenConstraint {

    /** Whether {@code token} may come next; end-of-generation tokens may where the text may end. */
    boolean accepts(int token);

    /** Takes a token that {@link #accepts} allows. */
    void accept(int token);

    /** The tokens that may come next, token {@code t} in bit {@code t % 64} of word {@code t / 64}. The engine may change it. */
    long[] mask();

    /** Tokens that can be appended without asking the model, in order; none if there is a choice. They are not yet accepted. */
    int[] forcedTokens();

    /** Takes back the last {@code tokens} accepted. */
    void rollback(int tokens);

    /** Whether the text may end here. */
    boolean mayEnd();
}
