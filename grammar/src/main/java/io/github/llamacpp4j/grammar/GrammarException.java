package io.github.llamacpp4j.grammar;

import java.util.Objects;

/**
 * A grammar that cannot be used: its text is malformed, it is not in the supported class, or it exceeds a limit.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class GrammarException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String text;
    private final Kind kind;
    private final int line;
    private final int column;

    /** What is wrong with the grammar. */
    public enum Kind {
        /** The text does not follow the notation. */
        SYNTAX,
        /** The notation is understood but this part of it is not supported. */
        UNSUPPORTED,
        /** A rule is used but not defined, or there is no rule {@code root}. */
        UNDEFINED_RULE,
        /** A rule is defined twice. */
        DUPLICATE_RULE,
        /** A rule can call itself without consuming anything first. */
        LEFT_RECURSION,
        /** A token is named that the vocabulary lacks, or no vocabulary was given. */
        UNKNOWN_TOKEN,
        /** No finite text satisfies the grammar. */
        EMPTY,
        /** One of the {@link GrammarLimits} was exceeded. */
        LIMIT
    }

    GrammarException(Kind kind, String message) {
        this(kind, message, 0, 0);
    }

    GrammarException(Kind kind, String message, int line, int column) {
        text = line > 0 ? "line " + line + ", column " + column + ": " + message : message;
        this.kind = Objects.requireNonNull(kind, "kind");
        this.line = line;
        this.column = column;
    }

    @Override
    public String getMessage() {
        return text;
    }

    /** {@return what is wrong} */
    public Kind kind() {
        return kind;
    }

    /** {@return the line of the error in the grammar text, counted from 1, or 0 when no single place is to blame} */
    public int line() {
        return line;
    }

    /** {@return the column (in code points) of the error, counted from 1, or 0 when no single place is to blame} */
    public int column() {
        return column;
    }
}
