package io.github.llamacpp4j.grammar;

import java.util.OptionalInt;

/**
 * What a grammar says about a text. Immutable and safe for use by several threads.
 *
 * @param state how the text stands
 * @param deadAt the index of the first element (code point or token, counted from 0) that the grammar does not allow;
 *     empty unless the state is {@link State#DEAD}
 */
public record GrammarMatch(State state, OptionalInt deadAt) {
    /** How a text stands. */
    public enum State {
        /** The text satisfies the grammar. */
        COMPLETE,
        /** Some continuation of the text satisfies the grammar, the text itself does not. */
        INCOMPLETE,
        /** No continuation of the text satisfies the grammar. */
        DEAD
    }

    /** {@return whether the text satisfies the grammar} */
    public boolean isAccepted() {
        return state == State.COMPLETE;
    }
}
