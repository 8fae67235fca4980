package io.github.llamacpp4j.gguf;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A GGUF file that cannot be read or does not hold what was asked of it. Thread-safe: immutable. */
public final class GgufException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final long NO_OFFSET = -1;

    private final long offset;

    GgufException(String message) {
        this(message, null);
    }

    GgufException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.offset = NO_OFFSET;
    }

    GgufException(String source, long offset, String message) {
        super(source + ": at byte " + offset + ": " + message);
        this.offset = offset;
    }

    /** The byte offset in the file at which the fault was found; empty where no single place is at fault. */
    public OptionalLong offset() {
        return offset == NO_OFFSET ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
