package io.github.llamacpp4j.template.syntax;

/** A source that is no template; the public API turns it into its own exception with line and column. */
public final class SyntaxError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int offset;
    private final boolean limit;

    private SyntaxError(String message, int offset, boolean limit) {
        super(message, null, false, false);
        this.offset = offset;
        this.limit = limit;
    }

    /** A mistake at a char offset of the normalised source. */
    public static SyntaxError at(int offset, String message) {
        return new SyntaxError(message, offset, false);
    }

    /** A source beyond this engine's own budgets. */
    public static SyntaxError limit(int offset, String message) {
        return new SyntaxError(message, offset, true);
    }

    /** Where, as a char offset into the normalised source. */
    public int offset() {
        return offset;
    }

    /** Whether a budget ran out, rather than the syntax being wrong. */
    public boolean isLimit() {
        return limit;
    }

    /** The message, never null. */
    public String message() {
        return String.valueOf(getMessage());
    }
}
