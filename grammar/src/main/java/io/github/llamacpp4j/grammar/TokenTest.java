package io.github.llamacpp4j.grammar;

import java.util.Set;

/**
 * A condition on a token.
 *
 * @param kind how the ids count
 * @param ids the ids
 */
record TokenTest(Kind kind, Set<Integer> ids) {
    /** Stands for a token without an id of its own: a piece of text fed by itself. */
    static final int NO_ID = -1;

    enum Kind {
        /** One of these tokens. */
        IS,
        /** Any token but these. */
        IS_NOT,
        /** Any token without text but these. */
        CONTROL_BUT
    }

    TokenTest(Kind kind, int id) {
        this(kind, Set.of(id));
    }

    boolean matches(int token, boolean hasText) {
        return switch (kind) {
            case IS -> ids.contains(token);
            case IS_NOT -> !ids.contains(token);
            case CONTROL_BUT -> !hasText && !ids.contains(token);
        };
    }
}
