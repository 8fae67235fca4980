package io.github.llamacpp4j.gguf;

/** A GGUF file that cannot be read, with the byte offset at which that became clear. */
public final class GgufException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long offset;

    GgufException(long offset, String message) {
        super("at byte " + offset + ": " + message);
        this.offset = offset;
    }

    /** The byte offset in the file at which the fault was found. */
    public long offset() {
        return offset;
    }
}
