package io.github.llamacpp4j.grammar;

import java.util.Objects;

/**
 * A JSON Schema that cannot be turned into a grammar: it is malformed, or it asks for what cannot be enforced.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String pointer;
    private final String keyword;

    /** What is wrong with the schema. */
    public enum Kind {
        /** Not a schema: a keyword has a value it may not have. */
        INVALID,
        /** The keyword, or this use of it, cannot be enforced while text is generated. */
        UNSUPPORTED,
        /** A {@code $ref} leads nowhere, outside the document, or in a circle. */
        REFERENCE,
        /** No instance satisfies the schema. */
        EMPTY,
        /** One of the {@link GrammarLimits} was exceeded. */
        LIMIT
    }

    SchemaException(Kind kind, String pointer, String keyword, String message) {
        super("schema " + (pointer.isEmpty() ? "root" : pointer) + (keyword.isEmpty() ? "" : ", '" + keyword + "'")
                + ": " + message);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.pointer = pointer;
        this.keyword = keyword;
    }

    /** {@return what is wrong} */
    public Kind kind() {
        return kind;
    }

    /** {@return the JSON pointer of the schema with the fault; empty for the whole document} */
    public String pointer() {
        return pointer;
    }

    /** {@return the keyword at fault; empty when it is the schema as a whole} */
    public String keyword() {
        return keyword;
    }
}
