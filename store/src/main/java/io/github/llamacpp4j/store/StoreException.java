package io.github.llamacpp4j.store;

import org.jspecify.annotations.Nullable;

/** A model that could not be fetched, found or kept. The message says what to do. Thread-safe: immutable. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong, for programs. */
    public enum Kind {
        /** The name is neither an alias nor a source nor a stored model. */
        UNKNOWN_MODEL,
        /** Several models answer to the name. */
        AMBIGUOUS,
        /** The model is not stored and nothing may be downloaded. */
        OFFLINE,
        /** The server wants to know who asks (401). */
        UNAUTHORIZED,
        /** The server knows who asks and refuses (403). */
        FORBIDDEN,
        /** There is no such file or repository (404 or 410). */
        NOT_FOUND,
        /** The server answered with another error or not at all, also after several tries. */
        NETWORK,
        /** The server sends from one address to another without end, or to a place that is not allowed. */
        REDIRECT,
        /** What arrived is not a sound GGUF file. */
        NOT_A_MODEL,
        /** What arrived is not what was pinned or announced. */
        CHECKSUM,
        /** The file is larger than allowed. */
        TOO_LARGE,
        /** The disk is too full. */
        NO_SPACE,
        /** A program that is needed, pip, is not there or failed. */
        TOOL,
        /** Another process works on the same download. */
        BUSY,
        /** The store's folder cannot be read or written. */
        STORAGE,
        /** The thread was interrupted. */
        INTERRUPTED
    }

    private final Kind kind;

    StoreException(Kind kind, String message) {
        this(kind, message, null);
    }

    StoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What went wrong, for programs. */
    public Kind kind() {
        return kind;
    }
}
