package io.github.llamacpp4j.grammar;

/** A condition on a token id. */
record TokenTest(Kind kind, int id) {
    /** Stands for a token without an id of its own: a piece of text fed by itself. */
    static final int NO_ID = -1;

    enum Kind {
        /** The token with this id. */
        IS,
        /** Any token but the one with this id. */
        IS_NOT
    }

    boolean matches(int token) {
        return (kind == Kind.IS) == (token == id);
    }
}
