package io.github.llamacpp4j.template.value;

/** A template that cannot go on; the public API turns it into its own exception with a position. */
public final class PyError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal it is. */
    public enum Kind {
        /** An undefined value was used where a value is needed. */
        UNDEFINED,
        /** The sandbox refused. */
        SECURITY,
        /** Any other failure that the reference has too. */
        RUNTIME,
        /** The template called {@code raise_exception}. */
        RAISE,
        /** A budget of this engine ran out. */
        LIMIT
    }

    private final Kind kind;
    private int offset = -1;

    private PyError(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** A failure of any of Python's ordinary kinds (wrong type, wrong value, ...). */
    public static PyError runtime(String message) {
        return new PyError(Kind.RUNTIME, message);
    }

    /** Use of an undefined value. */
    public static PyError undefined(String message) {
        return new PyError(Kind.UNDEFINED, message);
    }

    /** An access that the sandbox forbids. */
    public static PyError security(String message) {
        return new PyError(Kind.SECURITY, message);
    }

    /** The template's own refusal. */
    public static PyError raise(String message) {
        return new PyError(Kind.RAISE, message);
    }

    /** A spent budget. */
    public static PyError limit(String message) {
        return new PyError(Kind.LIMIT, message);
    }

    /** Python's refusal to recurse deeper. */
    public static PyError recursion() {
        return runtime("maximum recursion depth exceeded");
    }

    /** The kind of refusal. */
    public Kind kind() {
        return kind;
    }

    /** Where in the source it happened, as a char offset; -1 while unknown. */
    public int offset() {
        return offset;
    }

    /** Records where it happened, unless an inner statement already has. */
    public PyError at(int sourceOffset) {
        if (offset < 0) {
            offset = sourceOffset;
        }
        return this;
    }

    /** The message, never null. */
    public String message() {
        return String.valueOf(getMessage());
    }
}
