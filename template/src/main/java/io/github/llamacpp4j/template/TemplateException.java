package io.github.llamacpp4j.template;

/**
 * A template that cannot be parsed or rendered, or a context that it cannot be rendered with.
 *
 * <p>Immutable and safe to share between threads.
 */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong; all but {@link #LIMIT} are what the reference refuses too. */
    public enum Kind {
        /** The source is no template: wrong syntax, an unknown tag, filter or test. */
        PARSE,
        /** An undefined value was used where a value is needed. */
        UNDEFINED,
        /** The sandbox refused: a change of a list or dict, an internal attribute. */
        SECURITY,
        /** Any other failure while rendering: a wrong type, a division by zero, endless recursion. */
        RUNTIME,
        /** The template refused by its own decision, through {@code raise_exception}. */
        RAISE,
        /** A limit of {@link TemplateOptions} was reached. */
        LIMIT
    }

    private final Kind kind;
    private final String reason;
    private final int line;
    private final int column;
    private final String snippet;

    TemplateException(Kind kind, String reason, int line, int column, String snippet) {
        super(kind == Kind.RAISE || line == 0 ? reason : reason + " (line " + line + ", column " + column + ")");
        this.kind = kind;
        this.reason = reason;
        this.line = line;
        this.column = column;
        this.snippet = snippet;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** The reason without position; for {@link Kind#RAISE} exactly the template's own message. */
    public String reason() {
        return reason;
    }

    /** The line in the template, counted from 1; 0 when unknown. */
    public int line() {
        return line;
    }

    /** The column in the line, counted from 1 in chars; 0 when unknown. */
    public int column() {
        return column;
    }

    /** The start of the template text at that position, on one line; empty when unknown. */
    public String snippet() {
        return snippet;
    }
}
