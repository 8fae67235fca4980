package io.github.llamacpp4j.grammar;

import java.util.Arrays;
import java.util.function.Function;

/**
 * One walk through a grammar, token by token. Accepting a token that was seen in the same place before allocates nothing
 * but the room to remember it for {@link #rollback}.
 *
 * <p>Every method that looks at the grammar ends in a {@link GrammarException} of kind {@link GrammarException.Kind#LIMIT} when the
 * grammar can be read in so many ways that a token or the request takes more steps than {@link GrammarLimits} allow.
 *
 * <p>Not safe for use by several threads; one belongs to one request.
 */
public final class GrammarCursor {
    /** The most steps that can be taken back; older states are let go, and with them what the automaton remembered then. */
    public static final int MOST_ROLLBACK = 1024;

    private static final int[] NONE = {};

    private final Automaton automaton;
    private final TokenVocabulary vocabulary;
    private final MaskBuilder masks;
    private final StepBudget budget;
    private State[] history = new State[64];
    /** How many states have left {@link #history} at its beginning. */
    private int forgotten;

    private int accepted;
    private boolean finished;

    GrammarCursor(Automaton automaton, TokenVocabulary vocabulary, MaskBuilder masks, StepBudget budget) {
        this.automaton = automaton;
        this.vocabulary = vocabulary;
        this.masks = masks;
        this.budget = budget;
        history[0] = automaton.start(budget);
    }

    /** {@return how many tokens have been accepted and not rolled back} */
    public int acceptedTokens() {
        return accepted;
    }

    /** {@return whether the text may end here} */
    public boolean isComplete() {
        return state().accepting;
    }

    /** {@return whether an end-of-generation token has been accepted} */
    public boolean isFinished() {
        return finished;
    }

    /** {@return whether nothing but the end of generation can follow} */
    public boolean mustEnd() {
        State state = state();
        return finished || (state.accepting && !state.testsTokens && noByteFollows(state));
    }

    /**
     * Tells whether a token may come next, without walking the vocabulary. An end-of-generation token may come where
     * the text may end, or where the grammar names it.
     *
     * @param token a token id
     * @return whether it may come next
     */
    public boolean accepts(int token) {
        return next(token) != automaton.dead;
    }

    /**
     * Takes a token.
     *
     * @param token a token id
     * @throws IllegalArgumentException if the grammar does not allow it here
     * @throws IllegalStateException if an end-of-generation token was taken before
     */
    public void accept(int token) {
        if (!tryAccept(token)) {
            throw new IllegalArgumentException(
                    "token " + token + " is not allowed after " + accepted + " tokens; choose among those of mask()");
        }
    }

    /**
     * Takes a token if it is allowed.
     *
     * @param token a token id
     * @return whether it was taken
     * @throws IllegalStateException if an end-of-generation token was taken before
     */
    public boolean tryAccept(int token) {
        if (finished) {
            throw new IllegalStateException("the text has ended; roll back before taking another token");
        }
        State next = next(token);
        if (next == automaton.dead) {
            return false;
        }
        finished = vocabulary.isEndOfGeneration(token) && next == state();
        push(next);
        return true;
    }

    /**
     * Takes bytes as one step, as if they were a token without an id.
     *
     * @param bytes UTF-8 bytes, not necessarily whole characters
     * @return whether they were allowed and taken
     */
    public boolean tryAcceptBytes(byte[] bytes) {
        State next = finished ? automaton.dead : automaton.token(state(), TokenTest.NO_ID, bytes, budget);
        if (next == automaton.dead) {
            return false;
        }
        push(next);
        return true;
    }

    /** {@return the tokens that may come next; none after the end} */
    public TokenMask mask() {
        return finished
                ? new TokenMask(new long[(vocabulary.size() + 63) / 64], vocabulary.size())
                : masks.mask(state(), budget);
    }

    /**
     * Gives the bytes that must come next, for jumping forward without sampling. They end before the first place where
     * there is a choice or where the text may end.
     *
     * @return UTF-8 bytes, not necessarily whole characters; empty when nothing is forced
     */
    public byte[] forcedBytes() {
        return finished ? new byte[0] : new ForcedText(automaton, vocabulary, state(), budget).bytes();
    }

    /**
     * Gives the tokens that must come next, for jumping forward without sampling: the text that must come next as the tokenizer cuts
     * it, without the last tokens that one reaching beyond them could take the place of.
     *
     * @param tokenizer cuts a text in UTF-8 that goes on where other text has ended into tokens
     * @return the tokens; none when nothing is forced or when the tokenizer changes the text
     */
    public int[] forcedTokens(Function<byte[], int[]> tokenizer) {
        return finished ? NONE : new ForcedText(automaton, vocabulary, state(), budget).tokens(tokenizer);
    }

    /**
     * Takes back the last steps.
     *
     * @param steps how many, at most {@link #acceptedTokens()} and {@link #MOST_ROLLBACK}
     */
    public void rollback(int steps) {
        if (steps < 0 || steps > accepted - forgotten || steps > MOST_ROLLBACK) {
            throw new IllegalArgumentException("cannot roll back " + steps + " of " + accepted
                    + " accepted tokens, of which at most the last " + MOST_ROLLBACK + " are remembered");
        }
        if (steps > 0) {
            int last = accepted - forgotten;
            Arrays.fill(history, last - steps + 1, last + 1, automaton.dead);
            accepted -= steps;
            finished = false;
        }
    }

    /** {@return how many steps of work this cursor has taken} */
    long stepsSpent() {
        return budget.spent();
    }

    private State state() {
        return history[accepted - forgotten];
    }

    private void push(State next) {
        budget.nextToken();
        int index = ++accepted - forgotten;
        if (index > 2 * MOST_ROLLBACK) {
            System.arraycopy(history, index - MOST_ROLLBACK, history, 0, MOST_ROLLBACK);
            Arrays.fill(history, MOST_ROLLBACK, history.length, automaton.dead);
            forgotten += index - MOST_ROLLBACK;
            index = MOST_ROLLBACK;
        }
        if (index == history.length) {
            history = Arrays.copyOf(history, 2 * history.length);
        }
        history[index] = next;
    }

    /** The state after the token; the same state when the token ends the text. */
    private State next(int token) {
        State state = state();
        if (finished) {
            return automaton.dead;
        }
        if (vocabulary.isEndOfGeneration(token)) {
            State named = state.testsTokens ? automaton.namedToken(state, token, budget) : automaton.dead;
            return named == automaton.dead && state.accepting ? state : named;
        }
        return automaton.token(state, token, vocabulary.text(token), budget);
    }

    private static boolean noByteFollows(State state) {
        return (state.byteClasses[0] | state.byteClasses[1] | state.byteClasses[2] | state.byteClasses[3]) == 0;
    }
}
